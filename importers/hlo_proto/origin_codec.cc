#include "importers/hlo_proto/origin_codec.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "importers/hlo_text/token_reader.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/graph/print_values.h"

namespace eqsat::importers {
namespace {

constexpr std::string_view kSyntheticCall = "{[synthetic_call]}";

// `"a"` or `"a" {1,0}`
absl::Status ReadArray(TokenReader& reader, hlo::OriginalArrayProto* out) {
  EQSAT_ASSIGN_OR_RETURN(*out->mutable_instruction_name(), reader.ReadString("an instruction"));
  if (!reader.Accept("{")) return absl::OkStatus();
  do {
    EQSAT_ASSIGN_OR_RETURN(int64_t index, reader.ReadInteger("an index"));
    out->add_shape_index(index);
  } while (reader.Accept(","));
  return reader.Expect("}", "after an index");
}

// Adds a leaf, `{"a"}` or `{}`, or those of a tuple, `({"a"}, {"b"})`, whose indices begin with
// `prefix`.
absl::Status ReadLeaves(TokenReader& reader, std::vector<int64_t>* prefix,
                        hlo::OriginalValueProto* out) {
  TokenReader::Level level(reader);
  EQSAT_RETURN_IF_ERROR(level.Check());
  if (!reader.Accept("(")) {
    hlo::OriginalValueElementProto* leaf = out->add_elements();
    leaf->mutable_shape_index()->Add(prefix->begin(), prefix->end());
    EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before an origin"));
    if (!reader.At("}")) EQSAT_RETURN_IF_ERROR(ReadArray(reader, leaf->mutable_original_array()));
    return reader.Expect("}", "after an origin");
  }
  prefix->push_back(0);
  do {
    EQSAT_RETURN_IF_ERROR(ReadLeaves(reader, prefix, out));
    ++prefix->back();
  } while (reader.Accept(","));
  prefix->pop_back();
  return reader.Expect(")", "after the origins of a tuple");
}

absl::Status ReadOrigin(TokenReader& reader, hlo::OriginalValueProto* out) {
  std::vector<int64_t> prefix;
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before an origin"));
  EQSAT_RETURN_IF_ERROR(ReadLeaves(reader, &prefix, out));
  EQSAT_RETURN_IF_ERROR(reader.Expect("}", "after an origin"));
  return reader.AtEnd() ? absl::OkStatus() : reader.Expected("the end");
}

absl::Status ReadStatistics(TokenReader& reader, hlo::StatisticsViz* out) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before statistics"));
  bool first = true;
  while (!reader.Accept("}")) {
    if (!first) EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between statistics"));
    EQSAT_ASSIGN_OR_RETURN(std::string_view name, reader.ReadName("a statistic"));
    EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after the name of a statistic"));
    if (first != (name == "visualizing_index")) return reader.Expected("visualizing_index first");
    if (std::exchange(first, false)) {
      EQSAT_ASSIGN_OR_RETURN(int64_t index, reader.ReadInteger("an index"));
      out->set_stat_index_to_visualize(index);
    } else {
      hlo::Statistic* statistic = out->add_statistics();
      statistic->set_stat_name(std::string(name));
      EQSAT_ASSIGN_OR_RETURN(double value, reader.ReadDouble("a statistic"));
      statistic->set_stat_val(value);
    }
  }
  return reader.AtEnd() ? absl::OkStatus() : reader.Expected("the end");
}

// `"a" {1,0}`. XLA of 2024 wrote the name and the indices into the leaf itself; a name does not
// begin like a message.
std::string ArrayText(const WireMessage& leaf) {
  using Leaf = hlo::OriginalValueElementProto;
  using Array = hlo::OriginalArrayProto;
  constexpr int kIndexOf2024 = 3;
  if (!leaf.HasChild(Leaf::kOriginalArrayFieldNumber)) return "";
  std::string name;
  std::vector<int64_t> index;
  const std::string_view bytes = leaf.Bytes(Leaf::kOriginalArrayFieldNumber);
  if (bytes.empty() || bytes[0] == '\x0a' || bytes[0] == '\x12') {
    const WireMessage array = leaf.Child(Leaf::kOriginalArrayFieldNumber);
    name = array.String(Array::kInstructionNameFieldNumber);
    array.AppendVarints(Array::kShapeIndexFieldNumber, &index);
  } else {
    name = leaf.String(Leaf::kOriginalArrayFieldNumber);
    leaf.AppendVarints(kIndexOf2024, &index);
  }
  std::string text;
  ir::AppendQuoted(name, &text);
  if (!index.empty()) base::StrAppend(&text, " {", base::Join(index, ","), "}");
  return text;
}

// Is `next` the place of the leaf behind the one at `last`, whose first `common` indices it has?
bool Follows(const std::vector<int64_t>& last, const std::vector<int64_t>& next, size_t common) {
  return common < last.size() && common < next.size() && next[common] == last[common] + 1 &&
         std::all_of(
             next.begin() + static_cast<ptrdiff_t>(common) + 1, next.end(),
             [](int64_t index) { return index == 0; });
}

absl::Status NotInOrder(const std::vector<int64_t>& place, std::string_view where) {
  return base::InvalidArgument("an origin has {%s} %s, where no leaf of a tuple is",
                               base::Join(place, ","), where);
}

}  // namespace

std::optional<hlo::OriginalValueProto> EncodeOrigin(std::string_view text) {
  hlo::OriginalValueProto proto;
  if (text == kSyntheticCall) {
    proto.set_is_synthetic_call(true);
    return proto;
  }
  TokenReader reader(text);
  if (!ReadOrigin(reader, &proto).ok()) return std::nullopt;
  return proto;
}

std::optional<hlo::StatisticsViz> EncodeStatistics(std::string_view text) {
  hlo::StatisticsViz proto;
  TokenReader reader(text);
  // An empty message says that there are none.
  if (!ReadStatistics(reader, &proto).ok() || proto.statistics().empty()) return std::nullopt;
  return proto;
}

absl::StatusOr<std::string> DecodeOrigin(const WireMessage& proto) {
  using P = hlo::OriginalValueProto;
  if (proto.Bool(P::kIsSyntheticCallFieldNumber)) return std::string(kSyntheticCall);
  std::string text = "{";
  std::vector<int64_t> last;  // the place of the leaf before
  for (const WireMessage& leaf : proto.Children(P::kElementsFieldNumber)) {
    std::vector<int64_t> place;
    leaf.AppendVarints(hlo::OriginalValueElementProto::kShapeIndexFieldNumber, &place);
    size_t opened = place.size();
    const bool first = text.size() == 1;
    if (first && !std::ranges::all_of(place, [](int64_t index) { return index == 0; })) {
      return NotInOrder(place, "the first");
    }
    if (!first) {
      const auto common =
          static_cast<size_t>(std::ranges::mismatch(last, place).in1 - last.begin());
      if (!Follows(last, place, common)) {
        return NotInOrder(place, base::StrCat("behind {", base::Join(last, ","), "}"));
      }
      text.append(last.size() - common - 1, ')').append(", ");
      opened = place.size() - common - 1;
    }
    text.append(opened, '(');
    base::StrAppend(&text, "{", ArrayText(leaf), "}");
    last = std::move(place);
  }
  return text.append(last.size(), ')').append("}");
}

std::string DecodeStatistics(const WireMessage& proto) {
  using P = hlo::StatisticsViz;
  std::string text =
      base::StrCat("{visualizing_index=", proto.Int64(P::kStatIndexToVisualizeFieldNumber));
  proto.ForEachChild(P::kStatisticsFieldNumber, [&text](const WireMessage& statistic) {
    base::StrAppend(&text, ",", statistic.String(hlo::Statistic::kStatNameFieldNumber), "=");
    ir::AppendValue(statistic.Double(hlo::Statistic::kStatValFieldNumber), &text);
  });
  return text.append("}");
}

}  // namespace eqsat::importers
