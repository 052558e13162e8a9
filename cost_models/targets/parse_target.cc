// The loader of target files: JSON to a validated Target.
#include <array>
#include <cmath>
#include <set>

#include "cost_models/targets/target.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "nlohmann/json.hpp"

namespace eqsat::cost_models {
namespace {

using Json = nlohmann::json;

// A stated total may differ from units × clock × rate by this share.
constexpr double kTotalTolerance = 0.05;

constexpr std::array<std::string_view, 3> kFigureKinds = {"peak", "achievable", "measured"};
constexpr std::array<std::string_view, 3> kConfidences = {"high", "medium", "low"};
constexpr std::array<std::string_view, 2> kScopes = {"device", "unit"};

const std::set<std::string, std::less<>>& KnownKeys() {
  static const auto* const kKeys = new std::set<std::string, std::less<>>{
      "name",
      "family",
      "isa",
      "description",
      "compute_units",
      "clock_hz",
      "matrix_clock_hz",
      "vector_flops_per_unit_per_cycle",
      "matrix_flops_per_unit_per_cycle",
      "transcendental_per_unit_per_cycle",
      "memory",
      "wave_size",
      "max_workgroup_size",
      "registers_per_thread",
      "launch_seconds",
      "features",
      "quirks",
      "totals",
  };
  return *kKeys;
}

class TargetReader {
 public:
  TargetReader(std::string_view file, const Json& json) : file_(file), json_(json) {}

  absl::StatusOr<Target> Read() {
    if (!json_.is_object()) return Error("", "a target file holds one JSON object");
    for (const auto& [key, value] : json_.items())
      if (!KnownKeys().contains(key)) return Error(key, "is no key of a target");
    Target target;
    EQSAT_RETURN_IF_ERROR(ReadStrings(target));
    EQSAT_RETURN_IF_ERROR(ReadFigures(target));
    EQSAT_RETURN_IF_ERROR(ReadRates(target));
    EQSAT_RETURN_IF_ERROR(ReadMemory(target));
    EQSAT_RETURN_IF_ERROR(ReadFeatures(target));
    EQSAT_RETURN_IF_ERROR(CheckTotals(target));
    return target;
  }

 private:
  absl::Status Error(std::string_view key, std::string_view message) const {
    return absl::InvalidArgumentError(
        base::StrCat(file_, ": ", key, key.empty() ? "" : ": ", message));
  }

  // The member `key` of `object`, which `place` names.
  absl::StatusOr<const Json*> Member(const Json& object, std::string_view key,
                                     std::string_view place) const {
    if (!object.is_object()) return Error(place, "is not an object");
    auto it = object.find(std::string(key));
    if (it == object.end()) return Error(place, "is missing");
    return &*it;
  }

  absl::StatusOr<std::string> String(const Json& object, std::string_view key,
                                     std::string_view place) const {
    EQSAT_ASSIGN_OR_RETURN(const Json* member, Member(object, key, place));
    if (!member->is_string() || member->get_ref<const std::string&>().empty())
      return Error(place, "is not a string with text");
    return member->get<std::string>();
  }

  template <size_t N>
  absl::StatusOr<int> Choice(const Json& object, std::string_view key, std::string_view place,
                             const std::array<std::string_view, N>& choices) const {
    EQSAT_ASSIGN_OR_RETURN(std::string name, String(object, key, place));
    for (size_t i = 0; i < N; ++i)
      if (choices[i] == name) return static_cast<int>(i);
    return Error(place, base::StrCat("is ", name, ", not one of ", base::Join(choices, ", ")));
  }

  absl::StatusOr<Figure> ReadFigure(const Json& object, std::string_view key,
                                    std::string_view place, std::string_view unit = "") const {
    EQSAT_ASSIGN_OR_RETURN(const Json* entry, Member(object, key, place));
    auto part = [&](std::string_view name) { return base::StrCat(place, ".", name); };
    Figure figure;
    EQSAT_ASSIGN_OR_RETURN(const Json* value, Member(*entry, "value", part("value")));
    if (!value->is_number() || !std::isfinite(value->get<double>()) || value->get<double>() <= 0)
      return Error(place, base::StrCat("is ", value->dump(-1, ' ', false, kReplace),
                                       ", not a positive number"));
    figure.value = value->get<double>();
    EQSAT_ASSIGN_OR_RETURN(figure.unit, String(*entry, "unit", part("unit")));
    if (!unit.empty() && figure.unit != unit)
      return Error(place, base::StrCat("has unit ", figure.unit, ", not ", unit));
    EQSAT_ASSIGN_OR_RETURN(int kind, Choice(*entry, "kind", part("kind"), kFigureKinds));
    figure.kind = static_cast<FigureKind>(kind);
    EQSAT_ASSIGN_OR_RETURN(figure.source, String(*entry, "source", part("source")));
    EQSAT_ASSIGN_OR_RETURN(int confidence,
                           Choice(*entry, "confidence", part("confidence"), kConfidences));
    figure.confidence = static_cast<Confidence>(confidence);
    return figure;
  }

  absl::Status ReadStrings(Target& target) const {
    EQSAT_ASSIGN_OR_RETURN(target.name, String(json_, "name", "name"));
    EQSAT_ASSIGN_OR_RETURN(target.family, String(json_, "family", "family"));
    EQSAT_ASSIGN_OR_RETURN(target.isa, String(json_, "isa", "isa"));
    EQSAT_ASSIGN_OR_RETURN(target.description, String(json_, "description", "description"));
    return absl::OkStatus();
  }

  absl::Status ReadFigures(Target& target) const {
    struct Entry {
      std::string_view key;
      std::string_view unit;
      Figure* figure;
    };
    Figure matrix_clock;
    const Entry entries[] = {
        {"compute_units", "", &target.compute_units},
        {"clock_hz", "Hz", &target.clock_hz},
        {"transcendental_per_unit_per_cycle", "op/cycle/unit",
         &target.transcendental_per_unit_per_cycle},
        {"wave_size", "", &target.wave_size},
        {"max_workgroup_size", "thread", &target.max_workgroup_size},
        {"registers_per_thread", "register", &target.registers_per_thread},
        {"launch_seconds", "s", &target.launch_seconds},
        {"matrix_clock_hz", "Hz", &matrix_clock},
    };
    for (const Entry& entry : entries) {
      const bool optional = entry.figure == &matrix_clock;
      if (optional && !json_.contains("matrix_clock_hz")) continue;
      EQSAT_ASSIGN_OR_RETURN(*entry.figure, ReadFigure(json_, entry.key, entry.key, entry.unit));
      if (optional) target.matrix_clock_hz = matrix_clock;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<RateTable> ReadTable(const Json& object, std::string_view key,
                                      std::string_view place, std::string_view unit) const {
    EQSAT_ASSIGN_OR_RETURN(const Json* table, Member(object, key, place));
    if (!table->is_object()) return Error(place, "is not an object");
    RateTable rates;
    for (const auto& [type, value] : table->items()) {
      EQSAT_ASSIGN_OR_RETURN(Figure figure,
                             ReadFigure(*table, type, base::StrCat(place, ".", type), unit));
      rates.emplace(type, std::move(figure));
    }
    return rates;
  }

  absl::Status ReadRates(Target& target) const {
    for (bool matrix : {false, true}) {
      std::string_view engine = matrix ? "matrix" : "vector";
      std::string key = base::StrCat(engine, "_flops_per_unit_per_cycle");
      EQSAT_ASSIGN_OR_RETURN(RateTable rates, ReadTable(json_, key, key, "flop/cycle/unit"));
      EQSAT_ASSIGN_OR_RETURN(const Json* totals, Member(json_, "totals", "totals"));
      EQSAT_ASSIGN_OR_RETURN(RateTable stated,
                             ReadTable(*totals, engine, base::StrCat("totals.", engine), "flop/s"));
      (matrix ? target.matrix_flops_per_unit_per_cycle : target.vector_flops_per_unit_per_cycle) =
          std::move(rates);
      (matrix ? target.matrix_total_flops_per_second : target.vector_total_flops_per_second) =
          std::move(stated);
    }
    if (!target.vector_flops_per_unit_per_cycle.contains("f32"))
      return Error("vector_flops_per_unit_per_cycle", "has no rate for f32");
    return absl::OkStatus();
  }

  absl::Status ReadMemory(Target& target) const {
    EQSAT_ASSIGN_OR_RETURN(const Json* levels, Member(json_, "memory", "memory"));
    if (!levels->is_array() || levels->empty()) return Error("memory", "is not a list of levels");
    for (size_t i = 0; i < levels->size(); ++i) {
      const Json& level = (*levels)[i];
      std::string place = base::StrCat("memory[", i, "]");
      MemoryLevel read;
      EQSAT_ASSIGN_OR_RETURN(read.name, String(level, "level", place + ".level"));
      EQSAT_ASSIGN_OR_RETURN(int scope, Choice(level, "scope", place + ".scope", kScopes));
      read.scope = static_cast<MemoryScope>(scope);
      EQSAT_ASSIGN_OR_RETURN(read.size_bytes,
                             ReadFigure(level, "size_bytes", place + ".size_bytes", "byte"));
      EQSAT_ASSIGN_OR_RETURN(read.bandwidth_bytes_per_second,
                             ReadFigure(level, "bandwidth_bytes_per_second",
                                        place + ".bandwidth_bytes_per_second", "byte/s"));
      if (i == 0 && read.name != "dram")
        return Error("memory", base::StrCat("starts with ", read.name, ", not with dram"));
      if (target.FindLevel(read.name))
        return Error("memory", base::StrCat("gives the level ", read.name, " twice"));
      target.memory.push_back(std::move(read));
    }
    return absl::OkStatus();
  }

  absl::Status ReadFeatures(Target& target) const {
    EQSAT_ASSIGN_OR_RETURN(const Json* features, Member(json_, "features", "features"));
    if (!features->is_array()) return Error("features", "is not a list");
    for (const Json& feature : *features) {
      if (!feature.is_string()) return Error("features", "holds something that is not a string");
      target.features.push_back(feature.get<std::string>());
    }
    EQSAT_ASSIGN_OR_RETURN(const Json* quirks, Member(json_, "quirks", "quirks"));
    if (!quirks->is_object()) return Error("quirks", "is not an object");
    for (const auto& [key, value] : quirks->items()) {
      EQSAT_ASSIGN_OR_RETURN(target.quirks[key],
                             String(*quirks, key, base::StrCat("quirks.", key)));
    }
    return absl::OkStatus();
  }

  absl::Status CheckTotals(const Target& target) const {
    for (bool matrix : {false, true}) {
      const RateTable& rates =
          matrix ? target.matrix_flops_per_unit_per_cycle : target.vector_flops_per_unit_per_cycle;
      const RateTable& totals =
          matrix ? target.matrix_total_flops_per_second : target.vector_total_flops_per_second;
      const Figure& clock =
          matrix && target.matrix_clock_hz ? *target.matrix_clock_hz : target.clock_hz;
      for (const auto& [type, total] : totals) {
        std::string place = base::StrCat("totals.", matrix ? "matrix." : "vector.", type);
        auto rate = rates.find(type);
        if (rate == rates.end()) return Error(place, "has no rate per cycle");
        double derived = target.compute_units.value * clock.value * rate->second.value;
        if (!(std::abs(derived / total.value - 1) <= kTotalTolerance))
          return Error(place, absl::StrFormat("is %.4g flop/s, but units x clock x rate is %.4g",
                                              total.value, derived));
      }
    }
    return absl::OkStatus();
  }

  static constexpr auto kReplace = Json::error_handler_t::replace;

  std::string_view file_;
  const Json& json_;
};

}  // namespace

absl::StatusOr<Target> ParseTarget(std::string_view file, std::string_view json) {
  Json parsed;
  try {
    parsed = Json::parse(json);
  } catch (const Json::parse_error& error) {
    return absl::InvalidArgumentError(
        base::StrCat(file, ": byte ", error.byte, ": is not valid JSON"));
  } catch (const Json::out_of_range&) {
    return absl::InvalidArgumentError(base::StrCat(file, ": holds a number beyond 1e308"));
  }
  return TargetReader(file, parsed).Read();
}

}  // namespace eqsat::cost_models
