// Attributes and annotations that are text, as against those that may hold any bytes.
#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>

#include "ir/base/status.h"
#include "ir/base/utf8.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

// HLO's messages hold these as bytes.
bool IsBytes(std::string_view attribute) {
  return attribute == "infeed_config" || attribute == "outfeed_config";
}

bool AreUtf8(const FrontendAttributes& attributes) {
  return std::ranges::all_of(attributes, [](const auto& attribute) {
    return base::IsUtf8(attribute.first) && base::IsUtf8(attribute.second);
  });
}

}  // namespace

absl::Status CheckTexts(const ModuleHeader& header) {
  if (AreUtf8(header.frontend_attributes)) return absl::OkStatus();
  return base::InvalidArgument("frontend_attributes is not UTF-8");
}

absl::Status CheckTexts(const Instruction& instruction) {
  std::string_view wrong;
  auto check = [&wrong](std::string_view name, const auto& value) {
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
      if (!IsBytes(name) && !base::IsUtf8(value)) wrong = name;
    }
  };
  if (instruction.attributes) {
    VisitAttributeFields(*instruction.attributes, [&](std::string_view name, const auto& value,
                                                      Presence) { check(name, value); });
  }
  if (instruction.annotations) {
    OpMetadata::VisitFields(instruction.annotations->metadata, check);
    if (!AreUtf8(instruction.annotations->frontend_attributes)) wrong = "frontend_attributes";
  }
  if (wrong.empty()) return absl::OkStatus();
  return base::InvalidArgument("%s is not UTF-8", wrong);
}

}  // namespace eqsat::ir
