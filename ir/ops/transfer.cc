// Ops that move data to and from hosts, other programs and other memories.
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// --- send, recv ----------------------------------------------------------------------------------

// The declared element `i` of the result tuple, which the device alone understands, or u32[].
Shape ContextElement(const OpContext& context, int64_t i) {
  const Shape* declared = context.declared;
  bool stated =
      declared && declared->IsTuple() && i < static_cast<int64_t>(declared->elements().size());
  return stated ? declared->element(i).WithoutLayout() : Shape(ElementType::kU32, {});
}

// (data, context, token)
absl::StatusOr<Shape> InferSend(const OpContext& context) {
  // Some programs have the token first.
  bool token_first = context.operands[0].IsToken();
  EQSAT_RETURN_IF_ERROR(ExpectToken(context, token_first ? 0 : 1));
  return Shape::Tuple({context.operands[token_first ? 1 : 0].WithoutLayout(),
                       ContextElement(context, 1), Shape::Token()});
}

absl::StatusOr<Shape> InferRecv(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectToken(context, 0));
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclared(context));
  if (declared.IsTuple() && declared.elements().size() == 3 && declared.element(2).IsToken())
    return declared;
  return OpError(context, "the result must be (data, u32[], token[]), but is declared %s",
                 declared.ToString());
}

absl::Status ExpectTransfer(const OpContext& context) {
  const Shape& start = context.operands[0];
  if (start.IsTuple() && start.elements().size() == 3) return absl::OkStatus();
  return OpError(context, "the operand must be (data, u32[], token[]), but is %s",
                 start.ToString());
}

absl::StatusOr<Shape> InferSendDone(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectTransfer(context));
  // A pipelined send may give its data back.
  if (context.declared && context.declared->IsTuple())
    return Shape::Tuple({context.operands[0].element(0).WithoutLayout(), Shape::Token()});
  return Shape::Token();
}

absl::StatusOr<Shape> InferRecvDone(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectTransfer(context));
  return Shape::Tuple({context.operands[0].element(0).WithoutLayout(), Shape::Token()});
}

// --- infeed, outfeed -----------------------------------------------------------------------------

absl::StatusOr<Shape> InferInfeed(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectToken(context, 0));
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclared(context));
  if (declared.IsTuple() && declared.elements().size() == 2 && declared.element(1).IsToken())
    return declared;
  return OpError(context, "the result must be (data, token[]), but is declared %s",
                 declared.ToString());
}

absl::StatusOr<Shape> InferOutfeed(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectToken(context, 1));
  const std::optional<Shape>& stated = context.attr<OutfeedAttributes>().outfeed_shape;
  if (stated && !ShapesAgree(*stated, context.operands[0])) {
    return OpError(context, "outfeed_shape=%s, but operand 0 is %s", stated->ToString(),
                   context.operands[0].ToString());
  }
  return Shape::Token();
}

// --- copy-start, copy-done -----------------------------------------------------------------------

// (destination, source, context)
absl::StatusOr<Shape> InferCopyStart(const OpContext& context) {
  Shape operand = context.operands[0].WithoutLayout();
  return Shape::Tuple({operand, operand, ContextElement(context, 2)});
}

absl::StatusOr<Shape> InferCopyDone(const OpContext& context) {
  const Shape& start = context.operands[0];
  if (start.IsTuple() && start.elements().size() == 3) return start.element(0).WithoutLayout();
  return OpError(context, "the operand must be (destination, source, u32[]), but is %s",
                 start.ToString());
}

absl::StatusOr<Shape> InferDomain(const OpContext& context) {
  return context.operands[0].WithoutLayout();
}

OpInfo Effect(std::string_view doc, Attributes attributes,
              absl::StatusOr<Shape> (*infer)(const OpContext&)) {
  return {.traits = Traits({OpTrait::kSideEffect}),
          .doc = doc,
          .attributes = std::move(attributes),
          .infer = infer,
          .work = MovementWork};
}

OpInfo Wait(std::string_view doc, Attributes attributes,
            absl::StatusOr<Shape> (*infer)(const OpContext&)) {
  OpInfo info = Effect(doc, std::move(attributes), infer);
  info.work = NoWork;
  return info;
}

}  // namespace

OpInfo DefinekSend() {
  return Effect("The begin of handing the operand to the matching recv of the channel.",
                TransferAttributes{}, InferSend);
}

OpInfo DefinekRecv() {
  OpInfo info = Effect("The begin of taking what the matching send of the channel hands over.",
                       TransferAttributes{}, InferRecv);
  info.traits |= Traits({OpTrait::kShapeDeclared});
  return info;
}

OpInfo DefinekSendDone() {
  return Wait("A token that comes after the send.", TransferAttributes{}, InferSendDone);
}

OpInfo DefinekRecvDone() {
  return Wait("What a recv took, and a token.", TransferAttributes{}, InferRecvDone);
}

OpInfo DefinekInfeed() {
  OpInfo info = Effect("The next value of the stream from the host, and a token.",
                       InfeedAttributes{}, InferInfeed);
  info.traits |= Traits({OpTrait::kShapeDeclared});
  return info;
}

OpInfo DefinekOutfeed() {
  return Effect("Appends the operand to the stream to the host.", OutfeedAttributes{},
                InferOutfeed);
}

OpInfo DefinekCopyStart() {
  return Effect("The begin of a copy that may run beside other ops.", CopyStartAttributes{},
                InferCopyStart);
}

OpInfo DefinekCopyDone() {
  return Wait("The result of a copy that was started.", NoAttributes{}, InferCopyDone);
}

OpInfo DefinekDomain() {
  return Wait("The operand, where it crosses from one domain of metadata to another.",
              DomainAttributes{}, InferDomain);
}

}  // namespace eqsat::ir
