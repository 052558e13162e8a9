// What Verify refuses, and that it says where.
#include "ir/verify/verify.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "importers/hlo_text/hlo_text.h"
#include "ir/base/strings.h"

namespace eqsat::ir {
namespace {

absl::Status VerifyText(std::string_view text) {
  absl::StatusOr<Module> module = importers::ParseHloText(text);
  EXPECT_TRUE(module.ok()) << module.status();
  return module.ok() ? Verify(*module) : module.status();
}

struct Refused {
  std::string_view text;
  std::string_view message;  // a part of it
};

class RefusedTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedTest, SaysWhatIsWrong) {
  absl::Status status = VerifyText(GetParam().text);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr(std::string(GetParam().message)));
}

constexpr Refused kRefused[] = {
    // A chain of async ops, also where it goes around a loop.
    {R"(a { x = f32[2] parameter(0) ROOT n = f32[2] negate(x) }
        b { x = f32[2] parameter(0) ROOT n = f32[2] negate(x) }
        cond { s = (((f32[2]), f32[2], u32[])) parameter(0) ROOT c = pred[] constant(true) }
        body {
          s = (((f32[2]), f32[2], u32[])) parameter(0)
          state = ((f32[2]), f32[2], u32[]) get-tuple-element(s), index=0
          done = f32[2] async-done(state), calls=b
          next = ((f32[2]), f32[2], u32[]) async-start(done), calls=b
          ROOT t = (((f32[2]), f32[2], u32[])) tuple(next)
        }
        ENTRY main {
          p = f32[2] parameter(0)
          first = ((f32[2]), f32[2], u32[]) async-start(p), calls=a
          t = (((f32[2]), f32[2], u32[])) tuple(first)
          w = (((f32[2]), f32[2], u32[])) while(t), condition=cond, body=body
          last = ((f32[2]), f32[2], u32[]) get-tuple-element(w), index=0
          ROOT r = f32[2] async-done(last), calls=b
        })",
     "async-done done runs computation b, but async-start first, which it continues, a"},
    {R"(ENTRY main {
          p = f32[2] parameter(0)
          s = ((f32[2]), f32[2], u32[]) negate-start(p)
          u = ((f32[2]), f32[2], u32[]) negate-update(s)
          ROOT d = f32[2] negate-done(u), async_execution_thread="other"
        })",
     "async-done d is of thread other, but async-update u, which it continues, of main"},
    {R"(ENTRY main {
          p = f32[2] parameter(0)
          ROOT s = ((f32[2]), f32[2], u32[]) negate-start(p)
        })",
     "the async-start s is the result of the module"},
    // Channels.
    {R"(ENTRY main {
          p = f32[2] parameter(0)
          t = token[] after-all()
          s = (f32[2], u32[], token[]) send(p, t), channel_id=1
          ROOT d = token[] send-done(s), channel_id=2
        })",
     "send-done d is of channel 2, but its send of channel 1"},
    {R"(ENTRY main {
          p = f32[2] parameter(0)
          t = token[] after-all()
          s = (f32[2], u32[], token[]) send(p, t), channel_id=1, is_host_transfer=true
          ROOT d = token[] send-done(s), channel_id=1
        })",
     "only one is a host transfer"},
    {R"(ENTRY main {
          p = f32[2] parameter(0)
          q = f32[3] parameter(1)
          t = token[] after-all()
          s = (f32[2], u32[], token[]) send(p, t), channel_id=1, is_host_transfer=true
          d = token[] send-done(s), channel_id=1, is_host_transfer=true
          s2 = (f32[3], u32[], token[]) send(q, d), channel_id=1, is_host_transfer=true
          ROOT d2 = token[] send-done(s2), channel_id=1, is_host_transfer=true
        })",
     "host transfers of channel 1 must be equal, but s and s2 differ"},
    {R"(HloModule m, is_scheduled=true
        ENTRY main {
          t = token[] after-all()
          r = (f32[2], u32[], token[]) recv(t), channel_id=1,
            frontend_attributes={_xla_send_recv_source_target_pairs={{0,1},{1,2},{2,0}}}
          ROOT d = (f32[2], token[]) recv-done(r), channel_id=1
        })",
     "device 0 waits for itself"},
    {R"(HloModule m, is_scheduled=true
        ENTRY main {
          p = f32[2] parameter(0)
          t = token[] after-all()
          r = (f32[2], u32[], token[]) recv(t), channel_id=1,
            frontend_attributes={_xla_send_recv_source_target_pairs={{0,1}}}
          g = f32[4] all-gather(p), dimensions={0}
          ROOT d = (f32[2], token[]) recv-done(r), channel_id=1
        })",
     "recv r must be met by its counterpart before all-gather g"},
    // Buffers.
    {R"(ENTRY main {
          p = f32[2] parameter(0)
          b = b(f32[2]) custom-call(p), custom_call_target="Pin",
            output_to_operand_aliasing={{}: (0, {})}
          c = b(f32[2]) custom-call(b), custom_call_target="f",
            output_to_operand_aliasing={{}: (0, {})}
          ROOT t = (b(f32[2]), b(f32[2])) tuple(b, c)
        })",
     "the buffer b of shape b(f32[2]) has more than one user"},
    // Shardings.
    {R"(ENTRY main { ROOT p = f32[4] parameter(0), sharding={devices=[2]1,1} })",
     "names device 1 twice"},
    {R"(ENTRY main { ROOT p = (f32[4], f32[2]) parameter(0), sharding={{replicated}} })",
     "the sharding has 1 parts for the 2 leaves of (f32[4], f32[2])"},
    {R"(cond { s = f32[2] parameter(0), sharding={replicated} ROOT c = pred[] constant(true) }
        body { ROOT s = f32[2] parameter(0), sharding={manual} }
        ENTRY main {
          p = f32[2] parameter(0)
          ROOT w = f32[2] while(p), condition=cond, body=body
        })",
     "s and s hold one value, but state different shardings"},
    // Original values.
    {R"(ENTRY main { ROOT p = f32[] parameter(0), origin={({"a"}, {"b"})} })",
     "the origin is not of the structure of f32[]"},
    {R"(ENTRY main { ROOT p = (f32[], f32[]) parameter(0), origin={({"a"})} })",
     "is not of the structure of (f32[], f32[])"},
    // Memory.
    {R"(HloModule m, input_output_alias={ {}: (0, {}, must-alias) },
          entry_computation_layout={(f32[2]{0:S(5)})->f32[2]{0}}
        ENTRY main { p = f32[2] parameter(0) ROOT n = f32[2] negate(p) })",
     "share the memory of parameter 0, f32[2]{0:S(5)}"},
    {R"(HloModule m, input_output_alias={ {0}: (0, {}), {1}: (0, {}) }
        ENTRY main { p = f32[2] parameter(0) ROOT t = (f32[2], f32[2]) tuple(p, p) })",
     "names part {} of parameter 0 twice"},
    {R"(ENTRY main { p = f32[2] parameter(0) ROOT b = f32[2,1]{1,0:S(5)} bitcast(p) })",
     "bitcast cannot make f32[2,1]{1,0:S(5)} of f32[2]"},
    {R"(ENTRY main {
          p = f32[2,3]{1,0:S(5)} parameter(0)
          ROOT c = f32[2,3]{0,1} copy(p)
        })",
     "copy cannot make f32[2,3]{0,1} of f32[2,3]{1,0:S(5)}"},
    // The place, source included, and both shapes.
    {R"(HloModule m
        ENTRY main {
          p = f32[2] parameter(0)
          ROOT n = f32[3] negate(p), metadata={source_file="f.py" source_line=7}
        })",
     "computation main, instruction n (f.py:7): the shape of negate is stated as f32[3], but must "
     "be f32[2]"},
    {R"(HloModule m, entry_computation_layout={(f32[3]{0})->f32[2]{0}}
        ENTRY main { ROOT p = f32[2] parameter(0) })",
     "states parameter 0 as f32[3], but the entry computation has f32[2]"},
    {R"(HloModule m, entry_computation_layout={(f32[2]{0})->f32[3]{0}}
        ENTRY main { ROOT p = f32[2] parameter(0) })",
     "states the result as f32[3], but the entry computation gives f32[2]"},
    {R"(HloModule m, input_output_alias={ {0}: (0, {}, may-alias) }
        ENTRY main { ROOT p = f32[2] parameter(0) })",
     "input_output_alias names part {0} of the result, which is f32[2]"},
    {R"(HloModule m, input_output_alias={ {}: (1, {}, may-alias) }
        ENTRY main { ROOT p = f32[2] parameter(0) })",
     "input_output_alias names parameter 1 of 1"},
    {R"(HloModule m, buffer_donor={ (0, {3}) }
        ENTRY main { ROOT p = f32[2] parameter(0) })",
     "buffer_donor names part {3} of parameter 0"},
    {R"(HloModule m
        ENTRY main {
          p = f32[2] parameter(0)
          t = (f32[2], f32[2], u32[]) tuple(p, p, p)
          ROOT d = f32[2] copy-done(t)
        })",
     "the shape of tuple is stated as"},
    {R"(HloModule m
        ENTRY main {
          p = f32[2] parameter(0)
          u = u32[] parameter(1)
          t = (f32[2], f32[2], u32[]) tuple(p, p, u)
          ROOT d = f32[2] copy-done(t)
        })",
     "the operand of the copy-done d must be a copy-start, but is the tuple t"},
    {R"(HloModule m
        ENTRY main {
          p = f32[2] parameter(0)
          s = (f32[2], f32[2], u32[]) copy-start(p)
          d = f32[2] copy-done(s)
          e = f32[2] copy-done(s)
          ROOT t = (f32[2], f32[2]) tuple(d, e)
        })",
     "the copy-start s must have one user, but has 2"},
    {R"(HloModule m
        f { q = f32[2] parameter(0)  ROOT n = f32[2] negate(q) }
        ENTRY main {
          p = f32[2] parameter(0)
          s = ((f32[2]), f32[2], u32[]) async-start(p), calls=f
          d = f32[2] async-done(s)
          e = f32[2] async-done(s)
          ROOT t = (f32[2], f32[2]) tuple(d, e)
        })",
     "the async-start s must have one async-done, but has 2"},
    {R"(HloModule m
        f { q = f32[2] parameter(0)  ROOT n = f32[2] negate(q) }, execution_thread="other"
        ENTRY main {
          p = f32[2] parameter(0)
          ROOT c = f32[2] call(p), to_apply=f
        })",
     "computation f runs on thread other, but its caller on main"},
    {R"(HloModule m, replica_count=3
        ENTRY main {
          p = f32[2] parameter(0)
          ROOT c = f32[2] collective-permute(p), source_target_pairs={{0,1},{1,5}}
        })",
     "the pair {1,5} needs device numbers below 3"},
    {R"(HloModule m
        ENTRY main {
          ROOT p = f32[2,2] parameter(0), sharding={devices=[2]0,1}
        })",
     "the sharding cuts 1 dimensions of f32[2,2]"},
    {R"(HloModule m
        f { q = f32[2] parameter(0)  ROOT n = f32[2] negate(q) }
        ENTRY main {
          p = f32[2] parameter(0)
          ROOT c = f32[2] call(p), to_apply=f, is_composite=true
        })",
     "a composite call needs the frontend attribute composite.name"},
};
INSTANTIATE_TEST_SUITE_P(All, RefusedTest, testing::ValuesIn(kRefused));

TEST(Verify, AcceptsAControlPredecessorThatStandsLater) {
  EXPECT_TRUE(VerifyText(R"(HloModule m
    ENTRY main {
      p = f32[2] parameter(0)
      a = f32[2] negate(p), control-predecessors={b}
      b = f32[2] abs(p)
      ROOT t = (f32[2], f32[2]) tuple(a, b)
    })")
                  .ok());
}

TEST(Verify, LayoutsDoNotDecide) {
  EXPECT_TRUE(VerifyText(R"(HloModule m
    ENTRY main {
      p = f32[2,3]{0,1} parameter(0)
      ROOT a = f32[2,3]{1,0} add(p, p)
    })")
                  .ok());
}

TEST(Verify, ALoopMayCarryAStartedAsyncOp) {
  EXPECT_TRUE(VerifyText(R"(HloModule m
    f { q = f32[2] parameter(0)  ROOT n = f32[2] negate(q) }
    ENTRY main {
      p = f32[2] parameter(0)
      s = ((f32[2]), f32[2], u32[]) async-start(p), calls=f
      ROOT t = (((f32[2]), f32[2], u32[])) tuple(s)
    })")
                  .ok());
}

// Instruction i negates its predecessor and comes after instruction `after[i]`.
std::string MessageOfChain(const std::vector<InstructionId>& after) {
  std::vector<Instruction> chain(after.size());
  for (size_t i = 0; i < chain.size(); ++i) {
    Instruction& instruction = chain[i];
    instruction.name = base::StrCat("i", i);
    instruction.shape = Shape(ElementType::kF32, {2});
    instruction.opcode = i == 0 ? OpCode::kParameter : OpCode::kNegate;
    if (i > 0) instruction.operands = {InstructionId(i - 1)};
    auto notes = std::make_shared<Annotations>();
    notes->control_predecessors = {after[i]};
    instruction.annotations = std::move(notes);
  }
  auto computation = Computation::Make("c", std::move(chain), InstructionId(0));
  return std::string(VerifyComputation(Module(), *computation).message());
}

TEST(Verify, ControlPredecessorsMakeNoCycle) {
  InstructionId first(0), last(2);
  EXPECT_EQ(MessageOfChain({last, first, first}),
            "computation c: instruction i0 waits for itself through control predecessors");
  EXPECT_EQ(MessageOfChain({InstructionId(9), first, first}),
            "computation c: instruction i0 has a control predecessor that does not exist");
}

// A text that the default options take, the options that refuse it, and why.
struct RefusedIf {
  std::string_view text;
  VerifyOptions options;
  std::string_view message;
};

const RefusedIf kRefusedIf[] = {
    {"ENTRY e { a = f32[2,3]{0,1} parameter(0) ROOT n = f32[2,3]{1,0} negate(a) }",
     {.layouts = LayoutRule::kKept},
     "negate must not change layouts, but makes f32[2,3] of f32[2,3]{0,1}"},
    {"HloModule m, entry_computation_layout={(f32[2,3]{1,0})->f32[2,3]{0,1}}\n"
     "ENTRY e { ROOT a = f32[2,3]{0,1} parameter(0) }",
     {.layouts = LayoutRule::kKept},
     "entry_computation_layout states parameter 0 as f32[2,3]"},
    {"ENTRY e { a = f32[?] parameter(0) ROOT n = f32[?] negate(a) }",
     {.bounded_sizes = true},
     "the sizes of f32[?] must be bounded"},
    {"ENTRY e { a = f32[2,3]{0,1} parameter(0) ROOT r = f32[6] reshape(a) }",
     {.reshape_is_bitcast = true},
     "the reshape from f32[2,3]{0,1} to f32[6] moves elements in memory"},
    {"a { x = f32[2] parameter(0) n = f32[2] negate(x) ROOT m = f32[2] abs(n) }\n"
     "ENTRY e { p = f32[2] parameter(0) s = ((f32[2]), f32[2], u32[]) async-start(p), calls=a\n"
     "ROOT d = f32[2] async-done(s) }",
     {.one_op_async = true},
     "computation a has 2 instructions beside its parameters, not 1"},
    {"ENTRY e { ROOT a = f32[] parameter(0), metadata={scheduling_name=\"b\"} }",
     {.scheduled_names = true},
     "the instruction was scheduled under the name b"},
    {"ENTRY e { a = f32[2] parameter(0) "
     "ROOT p = f32[2] collective-permute(a), source_target_pairs={{0,3}} }",
     {.replica_count = 2},
     "the pair {0,3} needs device numbers below 2"},
    {"ENTRY e { a = f32[2] parameter(0) ROOT g = f32[4] all-gather(a), dimensions={0}, "
     "replica_groups={{0,1}}, channel_id=1, use_global_device_ids=true }",
     {.replica_count = 2, .num_partitions = 2},
     "the replica groups name 2 devices of 4"},
};

TEST(Verify, OptionsAddRules) {
  for (const RefusedIf& refused : kRefusedIf) {
    SCOPED_TRACE(std::string(refused.text));
    absl::StatusOr<Module> module = importers::ParseHloText(refused.text);
    ASSERT_TRUE(module.ok()) << module.status();
    EXPECT_EQ(Verify(*module), absl::OkStatus());
    EXPECT_THAT(std::string(Verify(*module, refused.options).message()),
                testing::HasSubstr(std::string(refused.message)));
  }
}

TEST(Verify, OptionsTakeRulesAway) {
  absl::StatusOr<Module> mixed = importers::ParseHloText(
      "ENTRY e { a = f32[2] parameter(0) b = bf16[2] parameter(1) ROOT c = f32[2] add(a, b) }");
  ASSERT_TRUE(mixed.ok()) << mixed.status();
  EXPECT_FALSE(Verify(*mixed).ok());
  EXPECT_EQ(Verify(*mixed, {.mixed_precision = true}), absl::OkStatus());
  absl::StatusOr<Module> shared = importers::ParseHloText(
      "ENTRY e { a = f32[2,3]{0,1} parameter(0) ROOT c = f32[2,3]{1,0} custom-call(a), "
      "custom_call_target=\"f\", output_to_operand_aliasing={{}: (0, {})} }");
  ASSERT_TRUE(shared.ok()) << shared.status();
  EXPECT_FALSE(Verify(*shared).ok());
  EXPECT_EQ(Verify(*shared, {.layouts = LayoutRule::kIgnored}), absl::OkStatus());
}

TEST(Verify, ReshapesThatAreBitcasts) {
  for (std::string_view shapes : {"f32[2,3]{0,1} f32[2,1,3]{0,1,2}", "f32[4,6] f32[2,12]",
                                  "f32[1,5]{0,1} f32[5]", "f32[0,3]{0,1} f32[0]"}) {
    size_t space = shapes.find(' ');
    absl::StatusOr<Module> module = importers::ParseHloText(
        base::StrCat("ENTRY e { a = ", shapes.substr(0, space),
                     " parameter(0) ROOT r = ", shapes.substr(space + 1), " reshape(a) }"));
    ASSERT_TRUE(module.ok()) << module.status();
    EXPECT_EQ(Verify(*module, {.reshape_is_bitcast = true}), absl::OkStatus()) << shapes;
  }
}

TEST(Verify, NeedsAnEntry) {
  Module module;
  EXPECT_FALSE(Verify(module).ok());
}

}  // namespace
}  // namespace eqsat::ir
