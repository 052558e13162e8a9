#include "ir/graph/tiled_sharding.h"

#include <gtest/gtest.h>

#include <string>

#include "ir/graph/print_annotations.h"

namespace eqsat::ir {
namespace {

struct TiledCase {
  std::string_view named;
  std::string_view tiles;
};

class TiledShardingTest : public testing::TestWithParam<TiledCase> {};

TEST_P(TiledShardingTest, AreThoseOfTheAxes) {
  std::string_view text = GetParam().named;
  absl::StatusOr<NamedSharding> sharding = NamedSharding::Consume(&text);
  ASSERT_TRUE(sharding.ok()) << sharding.status();
  EXPECT_EQ(text, "");
  std::string tiles;
  AppendSharding(TiledSharding(*sharding), &tiles);
  EXPECT_EQ(tiles, GetParam().tiles);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, TiledShardingTest,
    testing::Values(
        TiledCase{"mesh['x'=2,'y'=4], [{'x'}, {'y'}]", "{devices=[2,4]<=[8]}"},
        TiledCase{"mesh['x'=2,'y'=4], [{'y'}, {'x'}]", "{devices=[4,2]<=[2,4]T(1,0)}"},
        TiledCase{"mesh['x'=2,'y'=4], [{}, {}]", "{replicated}"},
        TiledCase{"mesh['x'=2,'y'=4], [{}, {'x', 'y'}]", "{devices=[1,8]<=[8]}"},
        TiledCase{"mesh['x'=2,'y'=4], [{'y'}, {}]",
                  "{devices=[4,1,2]<=[2,4]T(1,0) last_tile_dim_replicate}"},
        TiledCase{"mesh['x'=2,'y'=2,'z'=2], [{'x'}, {'z'}], replicated={'y'}",
                  "{devices=[2,2,2]<=[2,2,2]T(0,2,1) last_tile_dim_replicate}"},
        TiledCase{"mesh['x'=8], [{'x':(1)2}]", "{devices=[2,4]<=[8] last_tile_dim_replicate}"},
        TiledCase{"mesh['x'=8], [{'x':(2)2}]",
                  "{devices=[2,4]<=[2,2,2]T(1,0,2) last_tile_dim_replicate}"},
        TiledCase{"mesh['x'=4], device_ids=(3,2,1,0), [{'x'}]", "{devices=[4]3,2,1,0}"},
        TiledCase{"mesh['x'=4], device_ids=([2,2]T(1,0)), [{'x'}]", "{devices=[4]0,2,1,3}"},
        TiledCase{"mesh['x'=2,'y'=2], [{'x'}], manual={'y'}",
                  "{devices=[2,2]<=[4] last_tile_dims={manual}}"},
        TiledCase{"mesh['x'=2,'y'=2,'z'=2], [{'x'}], unreduced={'y'}",
                  "{devices=[2,2,2]<=[8] last_tile_dims={unreduced, replicated}}"},
        TiledCase{"mesh['x'=4], [{}], manual={'x'}", "{manual}"},
        TiledCase{"mesh['x'=4], [{}], unreduced={'x'}", "{unreduced}"},
        TiledCase{"maximal_mesh[device_id=3]", "{maximal device=3}"},
        TiledCase{"mesh[], replicated", "{replicated}"}));

}  // namespace
}  // namespace eqsat::ir
