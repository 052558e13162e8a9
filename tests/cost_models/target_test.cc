#include "cost_models/targets/target.h"

#include <fstream>
#include <sstream>
#include <string>

#include "cost_models/targets/find_target.h"
#include "cost_models/targets/host.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace eqsat::cost_models {
namespace {

using ir::ElementType;
using ::testing::HasSubstr;

std::string ShippedText(const std::string& name) {
  std::ifstream stream(std::string(EQSAT_SOURCE_DIR) + "/cost_models/targets/" + name + ".json");
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// The shipped gfx942 with the first occurrence of `from` replaced.
std::string Edited(const std::string& from, const std::string& to) {
  std::string text = ShippedText("amdgpu-gfx942");
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

void ExpectError(const std::string& json, const std::string& message) {
  auto target = ParseTarget("my.json", json);
  ASSERT_FALSE(target.ok()) << message;
  EXPECT_THAT(std::string(target.status().message()), HasSubstr(message));
}

TEST(TargetTest, EveryShippedTargetLoads) {
  auto targets = AllTargets();
  ASSERT_TRUE(targets.ok()) << targets.status();
  std::vector<std::string> names;
  for (const Target& target : *targets) {
    names.push_back(target.name);
    EXPECT_GT(target.FlopsPerSecond(Engine::kVector, ElementType::kF32), 0) << target.name;
    EXPECT_GT(target.TranscendentalsPerSecond(), 0) << target.name;
    EXPECT_EQ(target.dram().name, "dram");
  }
  EXPECT_THAT(names,
              ::testing::IsSupersetOf({"cpu:native", "cpu:x86-64", "amdgpu:gfx90a", "amdgpu:gfx942",
                                       "amdgpu:gfx950", "amdgpu:gfx1100", "amdgpu:gfx1201",
                                       "nvptx:sm_80", "nvptx:sm_90", "nvptx:sm_100"}));
}

// Vendors' totals, from outside the files.
TEST(TargetTest, RatesGiveThePublishedTotals) {
  auto mi300x = FindTarget("amdgpu:gfx942");
  ASSERT_TRUE(mi300x.ok()) << mi300x.status();
  EXPECT_NEAR(mi300x->FlopsPerSecond(Engine::kMatrix, ElementType::kBF16), 1307.4e12, 1e12);
  EXPECT_NEAR(mi300x->FlopsPerSecond(Engine::kVector, ElementType::kF32), 163.4e12, 1e12);
  EXPECT_NEAR(mi300x->FlopsPerSecond(Engine::kMatrix, ElementType::kF8E4M3FN), 2614.9e12, 1e12);
  auto h100 = FindTarget("nvptx:sm_90");
  ASSERT_TRUE(h100.ok()) << h100.status();
  EXPECT_NEAR(h100->FlopsPerSecond(Engine::kMatrix, ElementType::kBF16), 989.4e12, 10e12);
}

TEST(TargetTest, TypesWithoutARateRunAtThatOfTheTypeTheyAreComputedIn) {
  auto target = FindTarget("amdgpu:gfx942");
  ASSERT_TRUE(target.ok());
  auto vector = [&](ElementType type) { return target->FlopsPerSecond(Engine::kVector, type); };
  EXPECT_EQ(vector(ElementType::kS32), vector(ElementType::kF32));
  EXPECT_EQ(vector(ElementType::kS64), vector(ElementType::kF64));
  EXPECT_EQ(vector(ElementType::kPred), vector(ElementType::kF32));
  EXPECT_EQ(target->FlopsPerSecond(Engine::kMatrix, ElementType::kS32), 0);
  EXPECT_EQ(target->FlopsPerSecond(Engine::kMatrix, ElementType::kU8),
            target->FlopsPerSecond(Engine::kMatrix, ElementType::kS8));
}

TEST(TargetTest, AFamilyAloneMeansItsDefaultAndSaysSo) {
  auto target = FindTarget("amdgpu");
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target->name, "amdgpu:gfx942");
  EXPECT_EQ(target->note, "amdgpu alone means amdgpu:gfx942 (AMD Instinct MI300X)");
}

TEST(TargetTest, UnknownNamesGetTheNearestOne) {
  auto target = FindTarget("amdgpu:gfx943");
  ASSERT_FALSE(target.ok());
  EXPECT_THAT(std::string(target.status().message()),
              HasSubstr("unknown target amdgpu:gfx943; did you mean amdgpu:gfx942?"));
  target = FindTarget("quantum");
  ASSERT_FALSE(target.ok());
  EXPECT_THAT(std::string(target.status().message()), HasSubstr("known are cpu, amdgpu:gfx1100"));
}

TEST(TargetTest, FilesAreTakenByPath) {
  auto target =
      FindTarget("file:" + std::string(EQSAT_SOURCE_DIR) + "/cost_models/targets/x86-64.json");
  ASSERT_TRUE(target.ok()) << target.status();
  EXPECT_EQ(target->name, "cpu:x86-64");
  EXPECT_FALSE(FindTarget("file:/nonexistent.json").ok());
  EXPECT_FALSE(FindTarget("file:/").ok());
}

TEST(TargetTest, BadFilesAreErrorsWithTheKey) {
  ExpectError("", "my.json: byte 1: is not valid JSON");
  ExpectError("{", "is not valid JSON");
  ExpectError("[]", "my.json: a target file holds one JSON object");
  ExpectError("{}", "my.json: name: is missing");
  ExpectError(Edited("\"isa\": \"gfx942\"", "\"isa\": 3"), "my.json: isa: is not a string");
  ExpectError(Edited("\"isa\"", "\"izza\""), "my.json: izza: is no key of a target");
  ExpectError(Edited("\"value\": 304", "\"value\": -304"),
              "my.json: compute_units: is -304, not a positive number");
  ExpectError(Edited("\"value\": 304", "\"value\": \"304\""), "my.json: compute_units: is \"304\"");
  ExpectError(Edited("\"unit\": \"Hz\"", "\"unit\": \"MHz\""),
              "my.json: clock_hz: has unit MHz, not Hz");
  ExpectError(Edited("\"kind\": \"peak\"", "\"kind\": \"guess\""),
              "my.json: compute_units.kind: is guess, not one of peak, achievable, measured");
  ExpectError(Edited("\"scope\": \"device\"", "\"scope\": \"planet\""),
              "my.json: memory[0].scope: is planet, not one of device, unit");
  ExpectError(Edited("\"level\": \"l3\"", "\"level\": \"dram\""),
              "my.json: memory: gives the level dram twice");
  ExpectError(Edited("\"value\": 1.634e14", "\"value\": 2e14"),
              "my.json: totals.vector.f32: is 2e+14 flop/s, but units x clock x rate is 1.634e+14");
  ExpectError(std::string(100000, '['), "is not valid JSON");
}

TEST(HostTest, FactsReplaceTheBase) {
  HostFacts facts = ReadCpuInfo(
      "processor\t: 0\nmodel name\t: Example CPU\ncpu MHz\t\t: 2500.000\n"
      "flags\t\t: fpu avx2 avx512f avx512vl\n\nprocessor\t: 1\ncpu MHz\t\t: 2600.000\n");
  EXPECT_EQ(facts.model, "Example CPU");
  EXPECT_DOUBLE_EQ(facts.clock_hz, 2.6e9);
  facts.cores = 4;
  facts.l2_bytes = 1 << 20;
  auto base = FindTarget("cpu:x86-64");
  ASSERT_TRUE(base.ok());
  Target host = DescribeHost(*base, facts);
  EXPECT_EQ(host.name, "cpu:native");
  EXPECT_EQ(host.compute_units.value, 4);
  EXPECT_EQ(host.FindLevel("l2")->size_bytes.value, 1 << 20);
  EXPECT_EQ(host.FindLevel("l2")->size_bytes.kind, FigureKind::kMeasured);
  EXPECT_EQ(host.FindLevel("l3")->size_bytes.value, base->FindLevel("l3")->size_bytes.value);
  EXPECT_DOUBLE_EQ(host.FlopsPerSecond(Engine::kVector, ElementType::kF32), 4 * 2.6e9 * 64);
}

TEST(HostTest, NothingDetectedLeavesTheBase) {
  auto base = FindTarget("cpu:x86-64");
  ASSERT_TRUE(base.ok());
  Target host = DescribeHost(*base, ReadCpuInfo("garbage\n:::\n"));
  EXPECT_EQ(host.compute_units.value, base->compute_units.value);
  EXPECT_EQ(host.FlopsPerSecond(Engine::kVector, ElementType::kF32),
            base->FlopsPerSecond(Engine::kVector, ElementType::kF32));
}

TEST(HostTest, TheHostHasCores) {
  auto host = FindTarget("cpu");
  ASSERT_TRUE(host.ok()) << host.status();
  EXPECT_GE(host->compute_units.value, 1);
  EXPECT_EQ(host->family, "cpu");
}

}  // namespace
}  // namespace eqsat::cost_models
