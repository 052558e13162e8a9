#include "importers/hlo_proto/hlo_proto_text.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/text_format.h"
#include "importers/hlo_proto/module_decoder.h"
#include "importers/hlo_proto/module_encoder.h"
#include "ir/base/check.h"
#include "ir/base/status.h"

namespace eqsat::importers {
namespace {

// What protobuf's reader of bytes accepts, too.
constexpr int kMaxDepth = 100;

// Keeps the error that lies furthest in the text: of several messages tried, the one that fits best
// gets furthest.
class FurthestError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (std::tie(line, column) < std::tie(line_, column_)) return;
    std::tie(line_, column_, message_) = std::tie(line, column, message);
  }
  void AddWarning(int, google::protobuf::io::ColumnNumber, const std::string&) override {}

  absl::Status ToStatus() const {
    if (message_.empty())
      return base::InvalidArgument("1:1: the text holds no HLO module with a computation");
    return base::InvalidArgument("%d:%d: %s", line_ + 1, column_ + 1, message_);
  }

 private:
  int line_ = -1;
  google::protobuf::io::ColumnNumber column_ = 0;
  std::string message_;
};

template <typename Message>
bool ParseMessage(std::string_view text, Message* message, FurthestError* errors) {
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(errors);
  parser.AllowUnknownField(true);
  parser.AllowUnknownExtension(true);
  parser.SetRecursionLimit(kMaxDepth);
  google::protobuf::io::ArrayInputStream in(text.data(), static_cast<int>(text.size()));
  return parser.Parse(&in, message);
}

bool IsFieldStart(std::string_view line, std::string_view field) {
  if (!line.starts_with(field)) return false;
  line.remove_prefix(field.size());
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return line.starts_with(':') || line.starts_with('{');
}

}  // namespace

bool LooksLikeProtoText(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    if (line.empty() || line.starts_with('#')) continue;
    return std::ranges::any_of(
        std::initializer_list<std::string_view>{"hlo", "hlo_module", "name", "id", "computations",
                                                "entry_computation_name", "entry_computation_id",
                                                "host_program_shape"},
        [line](std::string_view field) { return IsFieldStart(line, field); });
  }
  return false;
}

absl::StatusOr<ir::Module> ParseHloProtoText(std::string_view text) {
  if (text.size() > static_cast<size_t>(std::numeric_limits<int>::max()))
    return base::InvalidArgument("the text has %d bytes, more than protobuf reads", text.size());
  FurthestError errors;
  hlo::HloProto proto;
  if (ParseMessage(text, &proto, &errors) && HoldsModule(proto.hlo_module()))
    return DecodeModule(proto.hlo_module());
  hlo::HloModuleProto module;
  if (ParseMessage(text, &module, &errors) && HoldsModule(module)) return DecodeModule(module);
  hlo::HloSnapshot snapshot;
  if (ParseMessage(text, &snapshot, &errors) && HoldsModule(snapshot.hlo().hlo_module()))
    return DecodeModule(snapshot.hlo().hlo_module());
  return errors.ToStatus();
}

std::string PrintHloProtoText(const ir::Module& module) {
  hlo::HloProto proto;
  EQSAT_CHECK(proto.ParseFromString(EncodeModule(module)));
  std::string text;
  google::protobuf::TextFormat::PrintToString(proto, &text);
  return text;
}

}  // namespace eqsat::importers
