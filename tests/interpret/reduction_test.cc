// Reductions, windows, maps and sorts.
#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

constexpr std::string_view kRegions = R"(
sum { p0 = f32[] parameter(0)  p1 = f32[] parameter(1)  ROOT r = f32[] add(p0, p1) }
largest { p0 = f32[] parameter(0)  p1 = f32[] parameter(1)  ROOT r = f32[] maximum(p0, p1) }
ge { p0 = f32[] parameter(0)  p1 = f32[] parameter(1)
  ROOT r = pred[] compare(p0, p1), direction=GE }
lt { p0 = f32[] parameter(0)  p1 = f32[] parameter(1)
  ROOT r = pred[] compare(p0, p1), direction=LT }
argmax {
  v0 = f32[] parameter(0)
  i0 = s32[] parameter(1)
  v1 = f32[] parameter(2)
  i1 = s32[] parameter(3)
  keep = pred[] compare(v0, v1), direction=GE
  v = f32[] select(keep, v0, v1)
  i = s32[] select(keep, i0, i1)
  ROOT r = (f32[], s32[]) tuple(v, i)
}
inner { p = f32[] parameter(0)  two = f32[] constant(2)  ROOT r = f32[] multiply(p, two) }
nested { p0 = f32[] parameter(0)  p1 = f32[] parameter(1)  twice = f32[] call(p1), to_apply=inner
  ROOT r = f32[] add(p0, twice) }
)";

void Expect(std::string_view entry, std::string_view type, std::string_view values) {
  ExpectRun(base::StrCat(kRegions, Entry(entry)), type, values);
}

constexpr std::string_view kMatrix =
    "a = f32[2,3] constant({{1, 5, 3}, {4, 2, 6}})\nzero = f32[] constant(0)\n";

TEST(ReductionTest, FoldsDimensions) {
  Expect(base::StrCat(kMatrix, "ROOT r = f32[2] reduce(a, zero), dimensions={1}, to_apply=sum"),
         "f32[2]", "{9, 12}");
  Expect(base::StrCat(kMatrix, "ROOT r = f32[3] reduce(a, zero), dimensions={0}, to_apply=largest"),
         "f32[3]", "{4, 5, 6}");
  Expect(base::StrCat(kMatrix, "ROOT r = f32[] reduce(a, zero), dimensions={0,1}, to_apply=sum"),
         "f32[]", "21");
}

TEST(ReductionTest, EmptyDimensionsGiveTheInitialValue) {
  Expect(R"(a = f32[2,0] constant({{}, {}})
            init = f32[] constant(7)
            ROOT r = f32[2] reduce(a, init), dimensions={1}, to_apply=sum)",
         "f32[2]", "{7, 7}");
}

TEST(ReductionTest, RegionsOfSeveralSteps) {
  Expect(base::StrCat(kMatrix, R"(i = s32[2,3] iota(), iota_dimension=1
            low = f32[] constant(-inf)
            none = s32[] constant(-1)
            t = (f32[2], s32[2]) reduce(a, i, low, none), dimensions={1}, to_apply=argmax
            ROOT r = s32[2] get-tuple-element(t), index=1)"),
         "s32[2]", "{1, 2}");
  Expect(base::StrCat(kMatrix, "ROOT r = f32[2] reduce(a, zero), dimensions={1}, to_apply=nested"),
         "f32[2]", "{18, 24}");
}

TEST(ReductionTest, TheRegionDecidesThePrecision) {
  Expect(R"(a = f32[2] constant({1, 2})
            init = bf16[] constant(0.5)
            ROOT r = f32[] reduce(a, init), dimensions={0}, to_apply=sum)",
         "f32[]", "3.5");
}

TEST(ReductionTest, LongSumsOfFloatsKeepTheirDigits) {
  Expect(R"(a = f32[20000000] broadcast(one), dimensions={}
            one = f32[] constant(1)
            zero = f32[] constant(0)
            ROOT r = f32[] reduce(a, zero), dimensions={0}, to_apply=sum)",
         "f32[]", "20000000");
}

TEST(ReductionTest, Windows) {
  constexpr std::string_view kVector =
      "a = f32[5] constant({1, 2, 3, 4, 5})\nzero = f32[] constant(0)\n";
  Expect(base::StrCat(kVector,
                      "ROOT r = f32[3] reduce-window(a, zero), window={size=3}, "
                      "to_apply=sum"),
         "f32[3]", "{6, 9, 12}");
  Expect(base::StrCat(kVector,
                      "ROOT r = f32[3] reduce-window(a, zero), window={size=2 stride=2 "
                      "pad=1_0}, to_apply=largest"),
         "f32[3]", "{1, 3, 5}");
  Expect(base::StrCat(kVector,
                      "ROOT r = f32[3] reduce-window(a, zero), window={size=2 "
                      "rhs_dilate=2}, to_apply=sum"),
         "f32[3]", "{4, 6, 8}");
  // The base becomes 1 0 2 0 3 0 4 0 5, where the gaps are not elements.
  Expect(base::StrCat(kVector,
                      "ROOT r = f32[7] reduce-window(a, zero), window={size=3 "
                      "lhs_dilate=2}, to_apply=sum"),
         "f32[7]", "{3, 2, 5, 3, 7, 4, 9}");
}

TEST(ReductionTest, SelectAndScatter) {
  Expect(R"(a = f32[6] constant({1, 5, 3, 4, 4, 2})
            s = f32[3] constant({10, 20, 30})
            zero = f32[] constant(0)
            ROOT r = f32[6] select-and-scatter(a, s, zero), window={size=2 stride=2}, select=ge,
              scatter=sum)",
         "f32[6]", "{0, 10, 0, 20, 30, 0}");
}

TEST(ReductionTest, Map) {
  Expect(base::StrCat(kMatrix, "ROOT r = f32[2,3] map(a), dimensions={0,1}, to_apply=inner"),
         "f32[2,3]", "{{2, 10, 6}, {8, 4, 12}}");
}

TEST(SortTest, SortsRowsAndCarriesOthers) {
  Expect(base::StrCat(kMatrix, "ROOT r = f32[2,3] sort(a), dimensions={1}, to_apply=lt"),
         "f32[2,3]", "{{1, 3, 5}, {2, 4, 6}}");
  Expect(base::StrCat(kMatrix, "ROOT r = f32[2,3] sort(a), dimensions={0}, to_apply=lt"),
         "f32[2,3]", "{{1, 2, 3}, {4, 5, 6}}");
  ExpectRun(base::StrCat(R"(
by_key { k0 = s32[] parameter(0)  k1 = s32[] parameter(1)
  x0 = s32[] parameter(2)  x1 = s32[] parameter(3)
  ROOT r = pred[] compare(k0, k1), direction=GT }
)",
                         Entry(R"(k = s32[4] constant({1, 2, 1, 2})
                     i = s32[4] iota(), iota_dimension=0
                     t = (s32[4], s32[4]) sort(k, i), dimensions={0}, is_stable=true,
                       to_apply=by_key
                     ROOT r = s32[4] get-tuple-element(t), index=1)")),
            "s32[4]", "{1, 3, 0, 2}");
}

TEST(SortTest, AComparatorThatIsNoOrderIsHarmless) {
  auto result = RunHlo(base::StrCat(R"(
always { p0 = f32[] parameter(0)  p1 = f32[] parameter(1)  ROOT r = pred[] constant(1) }
)",
                                    Entry(R"(a = f32[40] iota(), iota_dimension=0
                     ROOT r = f32[40] sort(a), dimensions={0}, to_apply=always)")));
  EXPECT_TRUE(result.ok()) << result.status();
}

TEST(SortTest, TopK) {
  constexpr std::string_view kTop = R"(a = f32[2,4] constant({{1, 9, 9, 3}, {-5, -1, nan, -2}})
      t = (f32[2,2], s32[2,2]) topk(a), k=2, largest=true
  )";
  ExpectEntry(base::StrCat(kTop, "ROOT r = f32[2,2] get-tuple-element(t), index=0"), "f32[2,2]",
              "{{9, 9}, {nan, -1}}");
  ExpectEntry(base::StrCat(kTop, "ROOT r = s32[2,2] get-tuple-element(t), index=1"), "s32[2,2]",
              "{{1, 2}, {2, 1}}");
}

}  // namespace
}  // namespace eqsat::ir
