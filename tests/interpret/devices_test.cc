// Programs on several devices.
#include "ir/interpret/named_devices.h"
#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

constexpr std::string_view kAdd =
    "sum { a = s32[] parameter(0)  b = s32[] parameter(1)  ROOT r = s32[] add(a, b) }\n";

// A module of 2 replicas × 2 partitions whose entry begins with id = 10·replica + partition.
std::string OnFour(std::string_view instructions) {
  return base::StrCat("HloModule m, replica_count=2, num_partitions=2\n", kAdd, R"(ENTRY e {
    r = u32[] replica-id()
    p = u32[] partition-id()
    ten = u32[] constant(10)
    rt = u32[] multiply(r, ten)
    u = u32[] add(rt, p)
    s = s32[] convert(u)
    id = s32[1] reshape(s)
)",
                      instructions, "\n}");
}

std::vector<Literal> RunOnFour(std::string_view instructions) {
  auto module = importers::ParseHloText(OnFour(instructions));
  EXPECT_TRUE(module.ok()) << module.status();
  auto results = EvaluateDevices(*module, std::vector<std::vector<Literal>>(4));
  EXPECT_TRUE(results.ok()) << results.status();
  return results.ok() ? *results : std::vector<Literal>(4);
}

void ExpectFour(std::string_view instructions, std::string_view type,
                const std::vector<std::string_view>& values) {
  std::vector<Literal> results = RunOnFour(instructions);
  for (size_t i = 0; i < 4; ++i) {
    auto difference = CompareLiterals(Value(type, values[i]), results[i], Tolerance{});
    EXPECT_FALSE(difference.has_value()) << "device " << i << ": " << *difference;
  }
}

TEST(DevicesTest, Ids) {
  ExpectFour("ROOT x = s32[1] copy(id)", "s32[1]", {"{0}", "{1}", "{10}", "{11}"});
}

TEST(DevicesTest, AllReduceModes) {
  // Replicas of the same partition.
  ExpectFour("ROOT x = s32[1] all-reduce(id), replica_groups={{0,1}}, to_apply=sum", "s32[1]",
             {"{10}", "{12}", "{10}", "{12}"});
  // Replicas with all their partitions.
  ExpectFour("ROOT x = s32[1] all-reduce(id), channel_id=1, replica_groups={{0},{1}}, to_apply=sum",
             "s32[1]", {"{1}", "{1}", "{21}", "{21}"});
  // Devices.
  ExpectFour(
      "ROOT x = s32[1] all-reduce(id), channel_id=1, replica_groups={{0,3},{1,2}}, "
      "use_global_device_ids=true, to_apply=sum",
      "s32[1]", {"{11}", "{11}", "{11}", "{11}"});
}

TEST(DevicesTest, IotaGroups) {
  ExpectFour(
      "ROOT x = s32[1] all-reduce(id), channel_id=1, replica_groups=[2,2]<=[2,2]T(1,0), "
      "use_global_device_ids=true, to_apply=sum",
      "s32[1]", {"{10}", "{12}", "{10}", "{12}"});
}

TEST(DevicesTest, MeshGroups) {
  auto all_reduce = [](std::string_view groups) {
    return base::StrCat("ROOT x = s32[1] all-reduce(id), channel_id=1, replica_groups=", groups,
                        ", use_global_device_ids=true, to_apply=sum");
  };
  ExpectFour(all_reduce("mesh['x'=2,'y'=2] {'y'}"), "s32[1]", {"{1}", "{1}", "{21}", "{21}"});
  ExpectFour(all_reduce("mesh['x'=2,'y'=2] {'x'}"), "s32[1]", {"{10}", "{12}", "{10}", "{12}"});
  ExpectFour(all_reduce("mesh['x'=2,'y'=2, device_ids=(0,3,1,2)] {'y'}"), "s32[1]",
             {"{11}", "{11}", "{11}", "{11}"});
  ExpectFour(all_reduce("mesh['x'=2,'y'=2], device_ids=([2,2]T(1,0)) {'y'}"), "s32[1]",
             {"{10}", "{12}", "{10}", "{12}"});
  ExpectFour(all_reduce("mesh['x'=4] {'x':(1)2}"), "s32[1]", {"{10}", "{12}", "{10}", "{12}"});
  ExpectFour(all_reduce("mesh['x'=4] {'x':(2)2}"), "s32[1]", {"{1}", "{1}", "{21}", "{21}"});
}

TEST(DevicesTest, StartAndDone) {
  ExpectFour(
      "t = s32[1] all-reduce-start(id), replica_groups={}, to_apply=sum\n"
      "ROOT x = s32[1] all-reduce-done(t)",
      "s32[1]", {"{10}", "{12}", "{10}", "{12}"});
  ExpectFour(
      "t = (s32[1], s32[2]) all-gather-start(id), replica_groups={}, dimensions={0}\n"
      "ROOT x = s32[2] all-gather-done(t)",
      "s32[2]", {"{0, 10}", "{1, 11}", "{0, 10}", "{1, 11}"});
}

TEST(DevicesTest, GatherScatterAndToAll) {
  ExpectFour("ROOT x = s32[2] all-gather(id), replica_groups={{1,0}}, dimensions={0}", "s32[2]",
             {"{10, 0}", "{11, 1}", "{10, 0}", "{11, 1}"});
  constexpr std::string_view kPair =
      "one = s32[1] constant({100})  next = s32[1] add(id, one)\n"
      "pair = s32[2] concatenate(id, next), dimensions={0}\n";
  ExpectFour(base::StrCat(kPair,
                          "ROOT x = s32[1] reduce-scatter(pair), replica_groups={{0,1}}, "
                          "dimensions={0}, to_apply=sum"),
             "s32[1]", {"{10}", "{12}", "{210}", "{212}"});
  ExpectFour(base::StrCat(
                 kPair, "ROOT x = s32[2] all-to-all(pair), replica_groups={{0,1}}, dimensions={0}"),
             "s32[2]", {"{0, 10}", "{1, 11}", "{100, 110}", "{101, 111}"});
  constexpr std::string_view kEmpty = "{ { { } }, { { } } }";
  ExpectFour(
      "none = s32[2,2,0] constant({ { { }, { } }, { { }, { } } })\n"
      "ROOT x = s32[2,1,0] reduce-scatter(none), replica_groups={{0,1}}, dimensions={1}, "
      "to_apply=sum",
      "s32[2,1,0]", {kEmpty, kEmpty, kEmpty, kEmpty});
}

TEST(DevicesTest, PermuteAndBroadcast) {
  ExpectFour("ROOT x = s32[1] collective-permute(id), channel_id=1, source_target_pairs={{0,1}}",
             "s32[1]", {"{0}", "{0}", "{0}", "{10}"});
  ExpectFour("ROOT x = s32[1] collective-broadcast(id), replica_groups={{1,0}}", "s32[1]",
             {"{10}", "{11}", "{10}", "{11}"});
}

TEST(DevicesTest, EvaluateRunsAllDevices) {
  ExpectRun(OnFour("ROOT x = s32[1] all-reduce(id), replica_groups={}, to_apply=sum"), "s32[1]",
            "{10}");
}

TEST(DevicesTest, WaitingForEachOtherIsAnError) {
  ExpectError(RunHlo(Entry("t = token[] after-all()\n"
                           "r = (f32[], u32[], token[]) recv(t), channel_id=7\n"
                           "d = (f32[], token[]) recv-done(r), channel_id=7\n"
                           "ROOT x = f32[] get-tuple-element(d), index=0")),
              absl::StatusCode::kAborted, "a send on channel 7");
  ExpectError(RunHlo(base::StrCat(kAdd, Entry("c = s32[] constant(1)\nROOT x = s32[] "
                                              "all-reduce(c), replica_groups={{0,1}}, "
                                              "to_apply=sum"))),
              absl::StatusCode::kInvalidArgument, "device 1 is named");
}

TEST(DevicesTest, RunParallel) {
  ExpectRun(R"(
send { x = f32[2] parameter(0)  t = token[] parameter(1)
  s = (f32[2], u32[], token[]) send(x, t), channel_id=3
  ROOT r = token[] send-done(s), channel_id=3 }
receive { t = token[] parameter(0)  r = (f32[2], u32[], token[]) recv(t), channel_id=3
  d = (f32[2], token[]) recv-done(r), channel_id=3
  i = ((f32[2]), token[]) infeed(t)  it = (f32[2]) get-tuple-element(i), index=0
  fed = f32[2] get-tuple-element(it), index=0
  x = f32[2] get-tuple-element(d), index=0  ROOT sum = f32[2] add(x, fed) }
queue { c = f32[2] constant({10, 20})  ROOT q = (f32[2]) tuple(c) }
ENTRY e { c = f32[2] constant({1, 2})  t = token[] after-all()
  p = (token[], f32[2]) custom-call(c, t, t), custom_call_target="interpreter.run_parallel",
    called_computations={send, receive, queue}, backend_config={"replicas": 2, "infeed": 1}
  ROOT r = f32[2] get-tuple-element(p), index=1 })",
            "f32[2]", "{11, 22}");
}

DeviceCounts CountsOf(std::string_view header, std::string_view instruction) {
  auto module = importers::ParseHloText(base::StrCat(
      header, "\n", kAdd, "ENTRY e { p = s32[4] parameter(0)\n ROOT r = ", instruction, " }"));
  EXPECT_TRUE(module.ok()) << module.status();
  return DevicesNamedBy(*module);
}

TEST(NamedDevicesTest, GroupsNameDevicesThatTheModuleDoesNotState) {
  const std::string_view sum = "s32[4] all-reduce(p), to_apply=sum, replica_groups={{0,3},{1,2}}";
  EXPECT_EQ(CountsOf("HloModule m", sum).replicas, 4);
  EXPECT_EQ(CountsOf("HloModule m, replica_count=8", sum).replicas, 8);
  const DeviceCounts permuted = CountsOf(
      "HloModule m", "s32[4] collective-permute(p), channel_id=1, source_target_pairs={{0,5}}");
  EXPECT_EQ(permuted.replicas, 1);
  EXPECT_EQ(permuted.partitions, 6);
}

}  // namespace
}  // namespace eqsat::ir
