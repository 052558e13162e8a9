#include "ir/graph/print_annotations.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/ascii.h"
#include "ir/base/strings.h"
#include "ir/graph/print_values.h"

namespace eqsat::ir {
namespace {

bool IsEmpty(const std::string& field) { return field.empty(); }
bool IsEmpty(const base::Rare<std::string>& field) { return !field; }
bool IsEmpty(int64_t field) { return field == 0; }

void AppendField(std::string_view, int64_t field, std::string* out) { AppendValue(field, out); }

void AppendField(std::string_view, const std::string& field, std::string* out) {
  AppendQuoted(field, out);
}

// Two of the fields are messages, whose text is in braces; the others are quoted whatever they
// hold.
void AppendField(std::string_view name, const base::Rare<std::string>& field, std::string* out) {
  if (name == "profile_type" || name == "metadata_payload") {
    AppendValue(*field, out);
  } else {
    AppendQuoted(*field, out);
  }
}

void AppendTiles(const Sharding& sharding, std::string* out) {
  base::StrAppend(out, "devices=[", base::Join(sharding.tile_dimensions, ","), "]");
  if (sharding.iota_reshape.empty()) {
    *out += base::Join(sharding.devices, ",");
  } else {
    base::StrAppend(out, "<=[", base::Join(sharding.iota_reshape, ","), "]");
    if (!sharding.iota_transpose.empty())
      base::StrAppend(out, "T(", base::Join(sharding.iota_transpose, ","), ")");
  }
  if (sharding.replicate_on_last_tile_dim) *out += " last_tile_dim_replicate";
  if (!sharding.last_tile_dims.empty())
    base::StrAppend(out, " last_tile_dims={", base::Join(sharding.last_tile_dims, ", "), "}");
}

// Keys that are not names are quoted.
void AppendKey(const std::string& key, std::string* out) {
  bool name = !key.empty() && !absl::ascii_isdigit(key[0]) && std::ranges::all_of(key, [](char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '.' || c == '-';
  });
  if (name && key[0] != '.' && key[0] != '-') {
    *out += key;
  } else {
    AppendQuoted(key, out);
  }
}

}  // namespace

void AppendMetadata(const OpMetadata& metadata, std::string* out) {
  *out += "{";
  OpMetadata::VisitFields(metadata, [out](std::string_view name, const auto& field) {
    if (IsEmpty(field)) return;
    base::StrAppend(out, out->back() == '{' ? "" : " ", name, "=");
    AppendField(name, field, out);
  });
  *out += "}";
}

void AppendSharding(const Sharding& sharding, std::string* out) {
  using Kind = Sharding::Kind;
  const bool is_named = sharding.kind == Kind::kNamed;
  *out += "{";
  switch (sharding.kind) {
    case Kind::kTuple:
      for (const Sharding& element : sharding.elements) {
        if (&element != sharding.elements.data()) *out += ", ";
        AppendSharding(element, out);
      }
      break;
    case Kind::kReplicated:
      *out += "replicated";
      break;
    case Kind::kManual:
      *out += "manual";
      break;
    case Kind::kMaximal:
      base::StrAppend(out, "maximal device=", sharding.maximal_device);
      break;
    case Kind::kUnreduced:
      *out += "unreduced";
      break;
    case Kind::kUnknown:
      *out += "unknown";
      break;
    case Kind::kTiled:
      AppendTiles(sharding, out);
      break;
    case Kind::kNamed:
      *out += sharding.named;
      break;
  }
  if (sharding.shard_group) base::StrAppend(out, " ", *sharding.shard_group);
  if (!sharding.metadata.empty()) {
    // As XLA separates and encloses them.
    const bool enclosed = is_named || sharding.metadata.size() > 1;
    base::StrAppend(out, is_named ? "," : "", enclosed ? " metadata={" : " metadata=");
    for (const OpMetadata& metadata : sharding.metadata) {
      if (&metadata != sharding.metadata.data()) *out += ", ";
      AppendMetadata(metadata, out);
    }
    if (enclosed) *out += "}";
  }
  *out += "}";
}

void AppendFrontendAttributes(const FrontendAttributes& attributes, std::string* out) {
  *out += "{";
  for (size_t i = 0; i < attributes.size(); ++i) {
    if (i > 0) *out += ",";
    AppendKey(attributes[i].first, out);
    *out += "=";
    AppendValue(attributes[i].second, out);
  }
  *out += "}";
}

}  // namespace eqsat::ir
