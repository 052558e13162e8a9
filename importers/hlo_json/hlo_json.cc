#include "importers/hlo_json/hlo_json.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver_util.h"
#include "importers/hlo_proto/hlo_proto.h"
#include "importers/hlo_proto/module_decoder.h"
#include "importers/hlo_text/token_reader.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace {

using nlohmann::json;

// Walks over JSON to find what is wrong with its syntax, and which message it spells.
class OutlineReader : public nlohmann::json_sax<json> {
 public:
  // What protobuf's own reader accepts.
  static constexpr int kMaxDepth = 100;

  bool null() override { return Value(); }
  bool boolean(bool) override { return Value(); }
  bool number_integer(number_integer_t) override { return Value(); }
  bool number_unsigned(number_unsigned_t) override { return Value(); }
  bool number_float(number_float_t, const string_t&) override { return Value(); }
  bool string(string_t&) override { return Value(); }
  bool binary(binary_t&) override { return Value(); }
  bool start_object(size_t) override { return Open(); }
  bool start_array(size_t) override {
    if (depth_ == 0) return Value();
    return Open();
  }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool key(string_t& name) override {
    if (depth_ != 1) return true;
    has_module |= name == "hloModule" || name == "hlo_module";
    has_snapshot |= name == "hlo";
    has_computations |= name == "computations";
    return true;
  }
  bool parse_error(size_t position, const std::string&, const json::exception& error) override {
    // Positions count the byte that could not follow.
    error_position = position > 0 ? position - 1 : 0;
    // The text after the library's own prefix: "[json.exception…] parse error at line 1, …: ".
    std::string_view what = error.what();
    size_t colon = what.find(": ");
    error_message = what.substr(colon == std::string_view::npos ? 0 : colon + 2);
    return false;
  }

  bool has_module = false, has_snapshot = false, has_computations = false;
  bool not_an_object = false, too_deep = false;
  size_t error_position = 0;
  std::string error_message;

 private:
  bool Value() {
    not_an_object |= depth_ == 0;
    return depth_ > 0;
  }
  bool Open() {
    too_deep |= ++depth_ > kMaxDepth;
    return !too_deep;
  }
  bool Close() {
    --depth_;
    return true;
  }

  int depth_ = 0;
};

// `-0.0` for each number `-0`: protobuf writes negative zeros like that, but reads an integer then,
// which has no sign. `text` is well-formed.
std::string WithNegativeZeros(std::string_view text) {
  std::string out;
  size_t copied = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') in_string = !in_string;
    if (in_string && text[i] == '\\') ++i;
    if (in_string || text.compare(i, 2, "-0") != 0) continue;
    char next = i + 2 < text.size() ? text[i + 2] : ' ';
    if (next == '.' || next == 'e' || next == 'E') continue;
    // The minus of an exponent follows its letter.
    if (i > 0 && (text[i - 1] == 'e' || text[i - 1] == 'E')) continue;
    out.append(text.substr(copied, i + 2 - copied)).append(".0");
    copied = i + 2;
  }
  return out.append(text.substr(copied));
}

template <typename Message>
absl::Status Read(std::string_view original, Message* message) {
  std::string text = WithNegativeZeros(original);
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  auto status =
      google::protobuf::util::JsonStringToMessage({text.data(), text.size()}, message, options);
  if (status.ok()) return absl::OkStatus();
  return base::InvalidArgument("%s: %s", Message::descriptor()->name(),
                               std::string(status.message()));
}

absl::StatusOr<ir::Module> Decode(const hlo::HloModuleProto& proto) {
  if (!HoldsModule(proto))
    return base::InvalidArgument("the message holds no HLO module with a computation");
  return DecodeModule(proto);
}

}  // namespace

absl::StatusOr<ir::Module> ParseHloJson(std::string_view text) {
  OutlineReader outline;
  bool ok = json::sax_parse(text.begin(), text.end(), &outline);
  if (outline.too_deep) {
    return base::InvalidArgument("the JSON nests more than %d levels deep",
                                 OutlineReader::kMaxDepth);
  }
  if (outline.not_an_object) return base::InvalidArgument("1:1: the JSON is not an object");
  if (!ok) {
    return base::InvalidArgument("%s: %s", LineAndColumn(text, outline.error_position),
                                 outline.error_message);
  }
  if (outline.has_snapshot) {
    hlo::HloSnapshot snapshot;
    EQSAT_RETURN_IF_ERROR(Read(text, &snapshot));
    return Decode(snapshot.hlo().hlo_module());
  }
  if (outline.has_module) {
    hlo::HloProto proto;
    EQSAT_RETURN_IF_ERROR(Read(text, &proto));
    return Decode(proto.hlo_module());
  }
  if (!outline.has_computations) {
    return base::InvalidArgument(
        "1:1: the object is no HLO message: it has none of hloModule, hlo and computations");
  }
  hlo::HloModuleProto module;
  EQSAT_RETURN_IF_ERROR(Read(text, &module));
  return Decode(module);
}

absl::StatusOr<std::string> SerializeHloJson(const ir::Module& module) {
  // By way of the bytes, in which maps have an order.
  EQSAT_ASSIGN_OR_RETURN(std::string bytes, SerializeHloProto(module));
  static constexpr char kPrefix[] = "type.googleapis.com";
  const google::protobuf::Descriptor* type = hlo::HloProto::descriptor();
  std::unique_ptr<google::protobuf::util::TypeResolver> resolver(
      google::protobuf::util::NewTypeResolverForDescriptorPool(kPrefix, type->file()->pool()));
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string text;
  auto status = google::protobuf::util::BinaryToJsonString(
      resolver.get(), base::StrCat(kPrefix, "/", type->full_name()), bytes, &text, options);
  if (!status.ok())
    return base::InvalidArgument("the module has no JSON form: %s", std::string(status.message()));
  return text;
}

}  // namespace eqsat::importers
