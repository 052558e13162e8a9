// Random bits against those that XLA gives on a CPU for the state u32[4] {1, 2, 3, 4}.
#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

std::string Bits(std::string_view type, std::string_view algorithm) {
  return Entry(base::StrCat("s = u64[2] constant({8589934593, 17179869187})\n", "r = (u64[2], ",
                            type, ") rng-bit-generator(s), algorithm=", algorithm,
                            "\nROOT b = ", type, " get-tuple-element(r), index=1"));
}

std::string NextCounter(std::string_view type, std::string_view algorithm) {
  return Entry(base::StrCat("s = u64[2] constant({8589934593, 17179869187})\n",
                            "ROOT r = (u64[2], ", type,
                            ") rng-bit-generator(s), algorithm=", algorithm));
}

void ExpectCounter(std::string_view type, std::string_view algorithm, uint64_t steps) {
  auto result = RunHlo(NextCounter(type, algorithm));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->elements()[0].values<uint64_t>()[0], 8589934593u);
  EXPECT_EQ(result->elements()[0].values<uint64_t>()[1], 17179869187u + steps);
}

TEST(RandomTest, ThreeFry) {
  ExpectRun(Bits("u32[]", "rng_three_fry"), "u32[]", "1576285164");
  ExpectRun(Bits("u32[5]", "rng_three_fry"), "u32[5]",
            "{1576285164, 2249660814, 740599976, 2425682526, 2436392515}");
  ExpectRun(Bits("u8[2,3]", "rng_three_fry"), "u8[2,3]", "{{236, 168, 67}, {142, 94, 25}}");
  ExpectRun(Bits("u16[3,3]", "rng_three_fry"), "u16[3,3]",
            "{{13292, 43176, 26179}, {6542, 64094, 6425}, {64347, 47957, 29034}}");
  ExpectRun(Bits("u64[2]", "rng_three_fry"), "u64[2]",
            "{9662219624799024108, 10418227120389269672}");
}

TEST(RandomTest, Philox) {
  ExpectRun(Bits("u32[5]", "rng_philox"), "u32[5]",
            "{512747620, 1298009047, 1267190206, 761827841, 1383286907}");
  ExpectRun(Bits("u8[5]", "rng_default"), "u8[5]", "{100, 215, 190, 1, 123}");
  ExpectRun(Bits("u64[2,3]", "rng_philox"), "u64[2,3]",
            "{{5574906407289874532, 3272025663544478142, 7043725020835825787}, "
            "{9254853183523022196, 14929923424383677111, 1344020101939626768}}");
}

TEST(RandomTest, TheCounterMovesOn) {
  ExpectCounter("u32[]", "rng_three_fry", 1);
  ExpectCounter("u32[5]", "rng_three_fry", 3);
  ExpectCounter("u16[3,3]", "rng_three_fry", 6);
  ExpectCounter("u64[5]", "rng_three_fry", 5);
  ExpectCounter("u32[5]", "rng_philox", 2);
  ExpectCounter("u64[5]", "rng_philox", 3);
}

TEST(RandomTest, RngIsInRange) {
  auto result =
      RunHlo(Entry("a = f32[] constant(2)  b = f32[] constant(5)\n"
                   "ROOT r = f32[100] rng(a, b), distribution=rng_uniform"));
  ASSERT_TRUE(result.ok()) << result.status();
  for (float x : result->values<float>()) {
    EXPECT_GE(x, 2);
    EXPECT_LE(x, 5);
  }
}

}  // namespace
}  // namespace eqsat::ir
