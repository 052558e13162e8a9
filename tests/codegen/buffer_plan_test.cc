#include "codegen/runtime/buffer_plan.h"

#include <random>
#include <string>
#include <vector>

#include "codegen/runtime/arena.h"
#include "cost_models/targets/find_target.h"
#include "gtest/gtest.h"
#include "importers/hlo_text/hlo_text.h"
#include "ir/base/strings.h"

namespace eqsat::codegen {
namespace {

using ir::InstructionId;
using Place = BufferSlot::Place;

struct Planned {
  ir::Module module;
  FusionPlan fusion;
  BufferPlan buffers;

  InstructionId Find(std::string_view name) const {
    for (size_t i = 0; i < module.entry().size(); ++i)
      if (module.entry().instructions()[i].name == name) return InstructionId(i);
    ADD_FAILURE() << "no " << name;
    return InstructionId();
  }
  std::vector<int32_t> Leaves(std::string_view name) const {
    return buffers.leaves[Find(name).value()];
  }
  bool SharesUpdate() const {
    for (bool shared : buffers.update_in_place)
      if (shared) return true;
    return false;
  }
};

Planned PlanOf(std::string_view text, ParameterUse use = ParameterUse::kKeep) {
  auto module = importers::ParseHloText(text);
  EXPECT_TRUE(module.ok()) << module.status();
  auto target = cost_models::FindTarget("cpu:x86-64");
  EXPECT_TRUE(target.ok()) << target.status();
  FusionPlan fusion = PlanComputation(*module, module->entry(), *target);
  auto buffers = PlanBuffers(module->entry(), fusion, use);
  EXPECT_TRUE(buffers.ok()) << buffers.status();
  return {*std::move(module), std::move(fusion), *std::move(buffers)};
}

// Liveness worked out anew from the groups: at each group, what it writes, what it reads, and what
// any later group or the result still reads must lie apart.
void CheckNoOverlap(const Planned& planned) {
  const auto& slots = planned.buffers.slots;
  const size_t end = planned.fusion.groups.size();
  std::vector<size_t> written(slots.size(), end + 1);
  std::vector<size_t> read(slots.size(), 0);
  for (size_t g = 0; g < end; ++g) {
    const FusionGroup& group = planned.fusion.groups[g];
    if (group.kind == GroupKind::kAlias) continue;
    for (InstructionId output : group.outputs) {
      for (int32_t slot : planned.buffers.leaves[output.value()])
        written[slot] = std::min(written[slot], g);
    }
    for (InstructionId input : group.inputs)
      for (int32_t slot : planned.buffers.leaves[input.value()]) read[slot] = g;
  }
  for (int32_t slot : planned.buffers.leaves[planned.module.entry().root().value()])
    read[slot] = end;
  for (size_t a = 0; a < slots.size(); ++a) {
    if (slots[a].place != Place::kArena || slots[a].bytes == 0) continue;
    EXPECT_EQ(slots[a].offset % kBufferAlignment, 0);
    EXPECT_LE(slots[a].offset + slots[a].bytes, planned.buffers.arena_bytes);
    for (size_t b = 0; b < a; ++b) {
      if (slots[b].place != Place::kArena || slots[b].bytes == 0) continue;
      const bool live_together = written[a] <= std::max(read[b], written[b]) &&
                                 written[b] <= std::max(read[a], written[a]);
      const bool apart = slots[a].offset + slots[a].bytes <= slots[b].offset ||
                         slots[b].offset + slots[b].bytes <= slots[a].offset;
      EXPECT_TRUE(!live_together || apart) << "slots " << a << " and " << b;
    }
  }
}

TEST(BufferPlanTest, ParametersConstantsAndTuplesAreNotInTheArena) {
  Planned planned = PlanOf(R"(HloModule m
ENTRY e {
  p = (f32[4], (s32[], f32[8])) parameter(0)
  c = f32[2] constant({1, 2})
  q = (s32[], f32[8]) get-tuple-element(p), index=1
  x = f32[8] get-tuple-element(q), index=1
  y = f32[8] negate(x)
  ROOT t = (f32[2], f32[8], f32[8]) tuple(c, x, y)
})");
  EXPECT_EQ(planned.Leaves("p").size(), 3u);
  ASSERT_EQ(planned.Leaves("x").size(), 1u);
  const BufferSlot& x = planned.buffers.slots[planned.Leaves("x")[0]];
  EXPECT_EQ(x.place, Place::kParameter);
  EXPECT_EQ(x.leaf, 2);
  EXPECT_EQ(x.bytes, 32);
  std::vector<int32_t> root = planned.Leaves("t");
  ASSERT_EQ(root.size(), 3u);
  EXPECT_EQ(planned.buffers.slots[root[0]].place, Place::kConstant);
  EXPECT_EQ(root[1], planned.Leaves("x")[0]);
  EXPECT_EQ(planned.buffers.slots[root[2]].place, Place::kArena);
  EXPECT_EQ(planned.buffers.arena_bytes, 64);
}

TEST(BufferPlanTest, AChainOfKernelsReusesTwoBuffers) {
  std::string text = "HloModule m\nENTRY e {\n  v0 = f32[64,64] parameter(0)\n";
  for (int i = 1; i <= 10; ++i) {
    base::StrAppend(&text, i == 10 ? "ROOT " : "", "v", i, " = f32[64,64] dot(v", i - 1, ", v",
                    i - 1, "), lhs_contracting_dims={1}, rhs_contracting_dims={0}\n");
  }
  Planned planned = PlanOf(text + "}");
  EXPECT_EQ(planned.buffers.arena_bytes, 2 * 64 * 64 * 4);
  CheckNoOverlap(planned);
}

constexpr std::string_view kUpdate = R"(HloModule m
ENTRY e {
  b = f32[64,64] parameter(0)
  u = f32[1,64] parameter(1)
  i = s32[] parameter(2)
  z = s32[] constant(0)
  ROOT r = f32[64,64] dynamic-update-slice(b, u, i, z)
})";

TEST(BufferPlanTest, ParametersAreWrittenOnlyWhereAllowed) {
  EXPECT_FALSE(PlanOf(kUpdate).SharesUpdate());
  Planned consumed = PlanOf(kUpdate, ParameterUse::kConsume);
  EXPECT_TRUE(consumed.SharesUpdate());
  EXPECT_EQ(consumed.Leaves("r"), consumed.Leaves("b"));
  EXPECT_EQ(consumed.buffers.arena_bytes, 0);
}

TEST(BufferPlanTest, AnUpdateTakesOverABufferThatDies) {
  Planned planned = PlanOf(R"(HloModule m
ENTRY e {
  b = f32[64,64] parameter(0)
  u = f32[1,64] parameter(1)
  i = s32[] parameter(2)
  z = s32[] constant(0)
  t = f32[64,64] tanh(b)
  r = f32[64,64] dynamic-update-slice(t, u, i, z)
  ROOT s = f32[64,64] dynamic-update-slice(r, u, z, i)
})");
  EXPECT_EQ(planned.Leaves("t"), planned.Leaves("s"));
  EXPECT_EQ(planned.buffers.arena_bytes, 64 * 64 * 4);
  CheckNoOverlap(planned);
}

TEST(BufferPlanTest, AnUpdateCopiesABufferThatLivesOn) {
  Planned planned = PlanOf(R"(HloModule m
ENTRY e {
  b = f32[64,64] parameter(0)
  u = f32[1,64] parameter(1)
  i = s32[] parameter(2)
  z = s32[] constant(0)
  t = f32[64,64] tanh(b)
  r = f32[64,64] dynamic-update-slice(t, u, i, z)
  ROOT s = (f32[64,64], f32[64,64]) tuple(t, r)
})");
  EXPECT_FALSE(planned.SharesUpdate());
  EXPECT_NE(planned.Leaves("t"), planned.Leaves("r"));
  CheckNoOverlap(planned);
}

// The update is a view of the buffer that it is written into.
TEST(BufferPlanTest, AnUpdateFromAViewOfTheSameBufferCopies) {
  Planned planned = PlanOf(R"(HloModule m
ENTRY e {
  b = f32[64] parameter(0)
  i = s32[] parameter(1)
  t = f32[64] tanh(b)
  v = f32[64] reshape(t)
  o = f32[64] opt-barrier(t)
  ROOT r = f32[64] dynamic-update-slice(t, o, i)
})");
  EXPECT_FALSE(planned.SharesUpdate());
  CheckNoOverlap(planned);
}

TEST(BufferPlanTest, RandomProgramsHaveNoOverlaps) {
  std::mt19937 random(11);
  for (int run = 0; run < 100; ++run) {
    const int size = 4 + run % 40;
    std::string text = R"(HloModule m
lt { a = f32[] parameter(0) b = f32[] parameter(1) ROOT c = pred[] compare(a, b), direction=LT }
ENTRY e {
  v0 = f32[32] parameter(0)
  i = s32[] parameter(1)
)";
    for (int i = 1; i < size; ++i) {
      auto earlier = [&] { return base::StrCat("v", random() % i); };
      base::StrAppend(&text, i + 1 == size ? "ROOT " : "", "v", i, " = f32[32] ");
      switch (random() % 5) {
        case 0:
          base::StrAppend(&text, "add(", earlier(), ", ", earlier(), ")\n");
          break;
        case 1:
          base::StrAppend(&text, "sort(", earlier(), "), dimensions={0}, to_apply=lt\n");
          break;
        case 2:
          base::StrAppend(&text, "opt-barrier(", earlier(), ")\n");
          break;
        case 3:
          base::StrAppend(&text, "exponential(", earlier(), ")\n");
          break;
        default:
          base::StrAppend(&text, "dynamic-update-slice(", earlier(), ", ", earlier(), ", i)\n");
      }
    }
    CheckNoOverlap(PlanOf(text + "}", run % 2 ? ParameterUse::kKeep : ParameterUse::kConsume));
    if (testing::Test::HasFailure()) FAIL() << text;
  }
}

TEST(ArenaTest, RangesAreReusedAndJoined) {
  Arena arena(64);
  EXPECT_EQ(*arena.Allocate(100), 0);
  EXPECT_EQ(*arena.Allocate(64), 128);
  EXPECT_EQ(*arena.Allocate(1), 192);
  arena.Free(0, 100);
  arena.Free(128, 64);
  EXPECT_EQ(*arena.Allocate(192), 0);
  EXPECT_EQ(arena.size_bytes(), 256);
  arena.Free(192, 1);
  EXPECT_EQ(*arena.Allocate(128), 192);
  EXPECT_EQ(arena.size_bytes(), 320);
}

TEST(ArenaTest, TooLargeIsAnError) {
  Arena arena(64);
  constexpr int64_t kHuge = int64_t{1} << 62;
  EXPECT_TRUE(arena.Allocate(kHuge).ok());
  EXPECT_FALSE(arena.Allocate(kHuge).ok());
  EXPECT_FALSE(arena.Allocate(std::numeric_limits<int64_t>::max()).ok());
}

}  // namespace
}  // namespace eqsat::codegen
