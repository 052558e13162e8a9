// A module is the same after any number of trips through text, protos and JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "importers/export.h"
#include "importers/hlo_text/hlo_text.h"
#include "importers/import.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace {

std::vector<std::string> Examples() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(EQSAT_SOURCE_DIR "/examples"))
    if (entry.path().extension() == ".hlo") paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

// Exports in each format, imports again and compares; the formats are detected.
void ExpectRoundTrips(const ir::Module& module) {
  for (Format format :
       {Format::kHloText, Format::kHloProto, Format::kHloProtoText, Format::kHloJson}) {
    absl::StatusOr<std::string> bytes = Export(module, format);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    EXPECT_EQ(DetectFormat(*bytes), format);
    absl::StatusOr<ir::Module> again = Import(*bytes);
    ASSERT_TRUE(again.ok()) << Name(format) << ": " << again.status();
    EXPECT_EQ(ir::FirstDifference(module, *again), std::nullopt) << Name(format);
    EXPECT_EQ(*Export(*again, format), *bytes) << Name(format);
  }
}

TEST(RoundTripTest, Examples) {
  ASSERT_FALSE(Examples().empty());
  for (const std::string& path : Examples()) {
    SCOPED_TRACE(path);
    absl::StatusOr<ir::Module> module = ImportFile(path);
    ASSERT_TRUE(module.ok()) << module.status();
    ExpectRoundTrips(*module);
  }
}

TEST(RoundTripTest, EveryKindOfAttribute) {
  absl::StatusOr<ir::Module> module =
      ImportFile(EQSAT_SOURCE_DIR "/tests/importers/data/everything.hlo");
  ASSERT_TRUE(module.ok()) << module.status();
  ExpectRoundTrips(*module);
}

// XLA refuses a program shape with fewer names than parameters.
TEST(RoundTripTest, EveryParameterOfAProtoHasAName) {
  absl::StatusOr<ir::Module> module = Import(
      "HloModule m\nENTRY e { a = f32[] parameter(0) b = f32[] parameter(1) ROOT c = f32[] add(a, "
      "b) }",
      Format::kHloText);
  ASSERT_TRUE(module.ok()) << module.status();
  absl::StatusOr<std::string> text = Export(*module, Format::kHloProtoText);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_THAT(*text, testing::ContainsRegex("host_program_shape[^~]*parameter_names: \"\"\n"
                                            "[^~]*parameter_names: \"\"\n"));
}

TEST(RoundTripTest, GroupsAlongAxesOfAMesh) {
  for (std::string_view mesh :
       {"mesh['x'=2,'y'=4] {'y'}", "mesh['x'=2,'y'=4], device_ids=([2,4]T(1,0)) {'y'}",
        "mesh['x'=2,'y'=4], device_ids=(7,6,5,4,3,2,1,0) {'y':(2)2,'x'}"}) {
    absl::StatusOr<ir::Module> module = Import(
        base::StrCat("HloModule m, num_partitions=8\nENTRY e { a = f32[2] parameter(0) ROOT g = "
                     "f32[8] all-gather(a), channel_id=1, replica_groups=",
                     mesh, ", dimensions={0}, use_global_device_ids=true }"),
        Format::kHloText);
    ASSERT_TRUE(module.ok()) << module.status();
    ExpectRoundTrips(*module);
  }
}

class AnnotationTest : public testing::TestWithParam<std::string_view> {};

TEST_P(AnnotationTest, Survives) {
  absl::StatusOr<ir::Module> module =
      Import(base::StrCat("HloModule m\nENTRY e { a = (f32[2,2], (f32[2], f32[])) parameter(0), ",
                          GetParam(), " }"),
             Format::kHloText);
  ASSERT_TRUE(module.ok()) << module.status();
  ExpectRoundTrips(*module);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, AnnotationTest,
    testing::Values(
        "sharding={{mesh['x'=2,'y'=8], device_ids=([8,2]T(1,0)) [{'x', ?}, {'y':(1)2}], "
        "replicated={'y':(2)2}, unreduced={'y':(4)2}}, {replicated}, {maximal_mesh[device_id=1]}}",
        "sharding={{mesh['x'=2,'y'=2] [{}, {?}], unreduced=max{'y'}, manual={'x'}, "
        "metadata={op_name=\"a\"}}, {mesh[], replicated}, {manual}}",
        "origin={({\"a\" {1,0}}, ({}, {\"c\"}))}", "origin={[synthetic_call]}", "origin={{\"a\"}}",
        "origin={of another form}", "statistics={visualizing_index=1,stat-0=33,b=0.1}",
        "statistics={visualizing_index=0}"));

// XLA refuses a proto in which two instructions have one name, though they are of two computations.
TEST(RoundTripTest, NamesAreDistinctInTheWholeModule) {
  constexpr std::string_view kText =
      "HloModule m\nc { a = f32[] parameter(0) a.1 = f32[] negate(a) ROOT b = f32[] copy(a.1) }\n"
      "ENTRY e { a = f32[] parameter(0) b = f32[] call(a), to_apply=c ROOT r = f32[] add(a, b) }";
  absl::StatusOr<ir::Module> read = Import(kText, Format::kHloText);
  ASSERT_TRUE(read.ok()) << read.status();
  ExpectRoundTrips(*read);
  std::vector<std::string> names;
  for (const ir::Instruction& i : read->entry().instructions()) names.push_back(i.name);
  EXPECT_THAT(names, testing::ElementsAre("a.2", "b.1", "r"));

  absl::StatusOr<ir::Module> alike = ParseHloText(kText);  // the names as they stand
  ASSERT_TRUE(alike.ok()) << alike.status();
  EXPECT_EQ(*Export(*alike, Format::kHloProto), *Export(*read, Format::kHloProto));
}

// XLA has read the iota form of groups from two fields, one after the other.
TEST(RoundTripTest, IotaGroupsStandWhereEachXlaReadsThem) {
  absl::StatusOr<ir::Module> module = Import(
      "HloModule m, num_partitions=8\nENTRY e { a = f32[2] parameter(0) ROOT g = f32[8] "
      "all-gather(a), channel_id=1, replica_groups=[2,4]<=[8], dimensions={0}, "
      "use_global_device_ids=true }",
      Format::kHloText);
  ASSERT_TRUE(module.ok()) << module.status();
  ExpectRoundTrips(*module);
  absl::StatusOr<std::string> text = Export(*module, Format::kHloProtoText);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_THAT(*text, testing::HasSubstr(" iota_replica_group_list {"));
  EXPECT_THAT(*text, testing::HasSubstr(" iota_collective_device_list {"));
}

}  // namespace
}  // namespace eqsat::importers
