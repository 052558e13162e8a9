#include "cost_models/targets/find_target.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>

#include "cost_models/targets/host.h"
#include "ir/base/data_dir.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::cost_models {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHostSpec = "cpu";
constexpr std::string_view kHostBase = "cpu:x86-64";
constexpr uintmax_t kMaxFileBytes = 1 << 20;

// What a family's bare name means.
struct FamilyDefault {
  std::string_view family;
  std::string_view target;
};
constexpr FamilyDefault kFamilyDefaults[] = {{"amdgpu", "amdgpu:gfx942"}, {"nvptx", "nvptx:sm_90"}};

absl::StatusOr<Target> LoadFile(const std::string& path) {
  std::error_code error;
  uintmax_t size = fs::file_size(path, error);
  if (error) return base::InvalidArgument("%s: %s", path, error.message());
  if (size > kMaxFileBytes)
    return base::InvalidArgument("%s: %d bytes are too many for a target file (at most %d)", path,
                                 size, kMaxFileBytes);
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return base::InvalidArgument("%s: cannot be read", path);
  return ParseTarget(path, text.str());
}

// By name.
absl::StatusOr<std::map<std::string, Target, std::less<>>> ShippedTargets() {
  const std::string folder = base::DataPath("cost_models/targets");
  std::error_code error;
  std::vector<std::string> paths;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".json") paths.push_back(it->path().string());
  if (error) return base::InvalidArgument("%s: %s", folder, error.message());
  std::sort(paths.begin(), paths.end());
  std::map<std::string, Target, std::less<>> targets;
  for (const std::string& path : paths) {
    EQSAT_ASSIGN_OR_RETURN(Target target, LoadFile(path));
    std::string name = target.name;
    if (!targets.emplace(name, std::move(target)).second)
      return base::InvalidArgument("%s: name: %s is the name of another target", path, name);
  }
  return targets;
}

absl::StatusOr<Target> HostTarget(const std::map<std::string, Target, std::less<>>& shipped) {
  auto base = shipped.find(kHostBase);
  if (base == shipped.end())
    return base::InvalidArgument("the target %s, which describes the host, is not installed",
                                 base::Absl(kHostBase));
  return DescribeHost(base->second, DetectHost());
}

absl::Status UnknownTarget(std::string_view spec,
                           const std::map<std::string, Target, std::less<>>& shipped) {
  std::vector<std::string_view> names = {kHostSpec};
  for (const auto& [name, target] : shipped) names.push_back(name);
  for (const FamilyDefault& family : kFamilyDefaults) names.push_back(family.family);
  std::string_view nearest = base::NearestName(spec, names);
  std::string message = base::StrCat("unknown target ", spec);
  if (!nearest.empty())
    return absl::NotFoundError(message + "; did you mean " + std::string(nearest) + "?");
  return absl::NotFoundError(
      base::StrCat(message, "; known are ", base::Join(names, ", "), " and file:PATH"));
}

}  // namespace

absl::StatusOr<Target> FindTarget(std::string_view spec) {
  constexpr std::string_view kFilePrefix = "file:";
  if (spec.starts_with(kFilePrefix)) return LoadFile(std::string(spec.substr(kFilePrefix.size())));
  EQSAT_ASSIGN_OR_RETURN(auto shipped, ShippedTargets());
  if (spec == kHostSpec || spec == kHostTargetName) return HostTarget(shipped);
  if (auto it = shipped.find(spec); it != shipped.end()) return it->second;
  for (const FamilyDefault& family : kFamilyDefaults) {
    if (spec != family.family) continue;
    auto it = shipped.find(family.target);
    if (it == shipped.end()) break;
    Target target = it->second;
    target.note =
        base::StrCat(family.family, " alone means ", target.name, " (", target.description, ")");
    return target;
  }
  return UnknownTarget(spec, shipped);
}

absl::StatusOr<std::vector<Target>> AllTargets() {
  EQSAT_ASSIGN_OR_RETURN(auto shipped, ShippedTargets());
  std::vector<Target> targets;
  EQSAT_ASSIGN_OR_RETURN(Target host, HostTarget(shipped));
  targets.push_back(std::move(host));
  for (auto& [name, target] : shipped) targets.push_back(std::move(target));
  return targets;
}

}  // namespace eqsat::cost_models
