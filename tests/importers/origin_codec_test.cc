#include "importers/hlo_proto/origin_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace eqsat::importers {
namespace {

using Value = hlo::OriginalValueProto;

absl::StatusOr<std::string> Decode(const Value& proto) {
  const std::string bytes = proto.SerializeAsString();
  WireInput input(bytes);
  return DecodeOrigin(WireMessage(&input));
}

void AddLeaf(std::initializer_list<int64_t> place, std::string_view bytes, Value* out) {
  hlo::OriginalValueElementProto* leaf = out->add_elements();
  leaf->mutable_shape_index()->Add(place.begin(), place.end());
  // What a field of another schema would hold.
  leaf->GetReflection()->MutableUnknownFields(leaf)->AddLengthDelimited(2, std::string(bytes));
}

TEST(OriginCodecTest, LeavesStandAtTheirPlaces) {
  const auto proto = EncodeOrigin(R"({(({"a" {1,0}}, {}), {"b"})})");
  ASSERT_TRUE(proto.has_value());
  ASSERT_EQ(proto->elements_size(), 3);
  EXPECT_THAT(proto->elements(0).shape_index(), testing::ElementsAre(0, 0));
  EXPECT_THAT(proto->elements(0).original_array().shape_index(), testing::ElementsAre(1, 0));
  EXPECT_FALSE(proto->elements(1).has_original_array());
  EXPECT_THAT(proto->elements(2).shape_index(), testing::ElementsAre(1));
  EXPECT_EQ(proto->elements(2).original_array().instruction_name(), "b");
}

// XLA of 2024 has the name as field 2 of the leaf, and its indices as field 3.
TEST(OriginCodecTest, TheLeavesOf2024) {
  Value proto;
  AddLeaf({0}, "a", &proto);
  AddLeaf({1}, "b", &proto);
  hlo::OriginalValueElementProto* last = proto.mutable_elements(1);
  last->GetReflection()->MutableUnknownFields(last)->AddVarint(3, 2);
  EXPECT_EQ(*Decode(proto), R"({({"a"}, {"b" {2}})})");
}

TEST(OriginCodecTest, PlacesOutOfOrderAreErrors) {
  for (auto [first, second] : {std::pair<int64_t, int64_t>{0, 0}, {1, 0}, {0, 2}}) {
    Value proto;
    AddLeaf({first}, "a", &proto);
    AddLeaf({second}, "b", &proto);
    EXPECT_THAT(std::string(Decode(proto).status().message()),
                testing::HasSubstr("where no leaf of a tuple is"));
  }
}

}  // namespace
}  // namespace eqsat::importers
