// The points of the HLO text grammar that are easy to get wrong.
#include "importers/hlo_text/hlo_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ir/graph/printer.h"

namespace eqsat::importers {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// The printed module, or the error.
std::string Reprint(std::string_view text) {
  absl::StatusOr<ir::Module> module = ParseHloText(text);
  return module.ok() ? ir::PrintModule(*module) : std::string(module.status().message());
}

// The body of an entry computation, wrapped and printed.
std::string ReprintEntry(std::string_view body) {
  return Reprint("HloModule m\nENTRY e {\n" + std::string(body) + "\n}\n");
}

struct Case {
  std::string name;
  std::string body;     // of ENTRY e
  std::string printed;  // a part of the reprint
};

class EntryTest : public testing::TestWithParam<Case> {};

TEST_P(EntryTest, Prints) {
  EXPECT_THAT(ReprintEntry(GetParam().body), HasSubstr(GetParam().printed));
  // What is printed reads back to the same text.
  EXPECT_EQ(Reprint(ReprintEntry(GetParam().body)), ReprintEntry(GetParam().body));
}

INSTANTIATE_TEST_SUITE_P(
    Grammar, EntryTest,
    testing::Values(
        Case{"RootDefaultsToLast", "a = f32[] parameter(0)\nb = f32[] negate(a)",
             "ROOT %b = f32[] negate(%a)"},
        Case{"RootNeedNotBeLast", "ROOT a = f32[] parameter(0)\nb = f32[] negate(a)",
             "ROOT %a = f32[] parameter(0)"},
        Case{"PercentNeedsNoSpace", "%a=f32[] parameter(0)", "ROOT %a = f32[] parameter(0)"},
        Case{"NamesHoldTypeWords", "f32.s32_pred = f32[] parameter(0)", "%f32.s32_pred ="},
        Case{"ShapeInferred", "a = f32[2] parameter(0)\nb = add(a, a)",
             "%b = f32[2]{0} add(%a, %a)"},
        Case{"OperandShapeStated", "a = f32[2] parameter(0)\nb = f32[2]{0} add(f32[2]{0} %a, a)",
             "add(%a, %a)"},
        Case{"Nested",
             "r = add(f32[2] parameter(0), multiply(f32[2] parameter(1), f32[2] "
             "parameter(2)))",
             "%multiply.anon = f32[2]{0} multiply(%parameter.anon.1, %parameter.anon.2)"},
        Case{"TupleElements", "p = (f32[1], (f32[2], f32[3])) parameter(0)\nr = negate(%p#1#0)",
             "%p_1_0 = f32[2]{0} get-tuple-element(%p_1), index=0"},
        Case{"TupleElementNameTaken",
             "p = (f32[2], f32[3]) parameter(0)\np_0 = f32[] parameter(1)\nr = negate(p#0)",
             "%p_0.1 = f32[2]{0} get-tuple-element(%p), index=0"},
        Case{"ForwardReference", "ROOT b = f32[] negate(a)\na = f32[] parameter(0)",
             "  %a = f32[] parameter(0)\n  ROOT %b"},
        Case{"Comments", "a = (f32[], /*index=1*/f32[]) parameter(0) // said\n/* and\ndone */",
             "%a = (f32[], f32[]) parameter(0)"},
        Case{"Spaces", "a = f32[ 1, 2,3 ]{0, 1, 2 } parameter(0)", "f32[1,2,3]{0,1,2}"},
        Case{"Dynamic", "a = f32[2,<=8] parameter(0)", "%a = f32[2,<=8]{1,0}"},
        Case{"Unbounded", "a = f32[?,3] parameter(0)", "%a = f32[?,3]{1,0}"},
        Case{"Layout", "a = f32[8,9]{0,1:T(8,128)(2,1)L(4)E(32)S(5)SC(0:2,4)} parameter(0)",
             "f32[8,9]{0,1:T(8,128)(2,1)L(4)E(32)S(5)SC(0:2,4)}"},
        Case{"ScalarLayout", "a = u32[]{:S(2)} parameter(0)", "u32[]{:S(2)}"},
        Case{"IntegersInFloats", "c = f32[2] constant({1, -2})", "constant({1, -2})"},
        Case{"SpecialFloats", "c = f32[4] constant({inf, -inf, nan, -nan})",
             "constant({inf, -inf, nan, -nan})"},
        Case{"NanPayload", "c = bf16[2] constant({nan(0x1), -nan(0x7f)})",
             "constant({nan(0x1), -nan(0x7f)})"},
        Case{"NegativeZero", "c = f32[] constant(-0)", "constant(-0)"},
        Case{"SixDigitsOrNine", "c = f32[2] constant({0.1, 3.14159274})",
             "constant({0.1, 3.14159274})"},
        Case{"NarrowFloats", "c = f16[2] constant({0.1, 65504})", "constant({0.099976, 65504})"},
        Case{"Pred", "c = pred[3] constant({1, false, true})", "constant({1, 0, 1})"},
        Case{"PredOfIntegers", "c = pred[3] constant({2, -1, 0})", "constant({1, 1, 0})"},
        Case{"Complex", "c = c64[1] constant({(1, -inf)})", "constant({(1, -inf)})"},
        Case{"Unsigned64", "c = u64[2] constant({18446744073709551615, -1})",
             "constant({18446744073709551615, 18446744073709551615})"},
        Case{"FourBits", "c = s4[2] constant({-8, 7})", "constant({-8, 7})"},
        Case{"IndexedRows", "c = s32[2,1] constant({ /*i0=0*/ {1}, /*i0=1*/ {2} })",
             "constant({ {1}, {2} })"},
        Case{"IndicesOfFourDimensions",
             "c = s32[1,2,2,1] constant({ { { {1}, {2} }, { {3}, {4} } } })",
             "constant({ { /*i0=0*/ { /*i1=0*/ {1}, {2} }, { /*i1=1*/ {3}, {4} } } })"},
        Case{"NoElementsInFourDimensions", "c = s32[2,0,1,1] constant({ {}, {} })",
             "constant({ { /*i0=0*/ }, { /*i0=1*/ } })"},
        Case{"Elided", "c = f32[1000] constant({...})", "constant({...})"},
        Case{"NoElements", "c = f32[2,0] constant({ {}, {} })", "constant({})"},
        Case{"TupleConstant", "c = (f32[], s32[2]) constant((1.5, {1, 2}))",
             "constant(( 1.5, {1, 2} ))"},
        Case{"Precision",
             "a = f32[2,2] parameter(0)\nd = dot(a, a), lhs_contracting_dims={1}, "
             "rhs_contracting_dims={0}, operand_precision={HIGH,default}",
             "operand_precision={high,default}"},
        Case{"NegativePadding",
             "a = f32[4,4] parameter(0)\nz = f32[] constant(0)\np = f32[3,7] pad(a, z), "
             "padding=0_-1x0_0_1",
             "padding=0_-1_0x0_0_1"},
        Case{"Metadata",
             R"(a = f32[] parameter(0), metadata={op_name="x\"y" source_line=7, stack_frame_id=2})",
             R"(metadata={op_name="x\"y" source_line=7 stack_frame_id=2})"},
        Case{"BackendConfig", R"(a = f32[] parameter(0), backend_config={"k":[1,{"v":"}"}]})",
             R"(backend_config={"k":[1,{"v":"}"}]})"},
        Case{"FrontendAttributes",
             R"(a = f32[] parameter(0), frontend_attributes={z="1",m={mesh = #m<["x"=2]>}})",
             R"(frontend_attributes={m={mesh = #m<["x"=2]>},z="1"})"},
        Case{"Origin",
             R"(a = f32[] parameter(0), origin={{"v"}}, statistics={visualizing_index=0})",
             R"(origin={{"v"}}, statistics={visualizing_index=0})"},
        Case{"ControlPredecessors",
             "a = f32[] parameter(0)\nb = f32[] negate(a)\nROOT c = f32[] abs(a), "
             "control-predecessors={b}",
             "control-predecessors={%b}"}),
    [](const auto& param_info) { return param_info.param.name; });

class ShardingTest : public testing::TestWithParam<std::string> {};

TEST_P(ShardingTest, PrintsAsItReads) {
  std::string attribute = "sharding=" + GetParam();
  EXPECT_THAT(ReprintEntry("a = f32[4,4] parameter(0), " + attribute), HasSubstr(attribute + "\n"));
}

INSTANTIATE_TEST_SUITE_P(
    Spellings, ShardingTest,
    testing::Values("{replicated}", "{manual}", "{maximal device=1}", "{unknown shard_as 3}",
                    "{devices=[2,2]0,1,2,3}", "{devices=[2,2]<=[2,2]T(1,0)}",
                    "{devices=[1,2,2]<=[4] last_tile_dim_replicate}",
                    "{devices=[1,2,2]<=[4] last_tile_dims={manual, replicated}}",
                    "{{replicated}, {manual}}", "{replicated metadata={op_name=\"a\"}}",
                    "{mesh['x'=2,'y'=2], [{'x'}, {}]}",
                    "{mesh['x'=2,'y'=2], device_ids=(3,2,1,0), [{'x', 'y'}, {?}]}",
                    "{mesh['x'=2,'y'=2], device_ids=([2,2]T(1,0)), replicated}",
                    "{mesh['x'=2,'y'=8], [{'x', ?}, {'y':(1)2}], replicated={'y':(2)2}, "
                    "unreduced=max{'y':(4)2}}",
                    "{mesh['x'=2], [{}, {}], manual={'x'}, metadata={{op_name=\"a\"}, {}}}",
                    "{maximal_mesh[device_id=1]}", "{mesh[], replicated}"));

class ReplicaGroupsTest : public testing::TestWithParam<std::string> {};

TEST_P(ReplicaGroupsTest, PrintsAsItReads) {
  std::string attribute = "replica_groups=" + GetParam();
  EXPECT_THAT(ReprintEntry("a = f32[4] parameter(0)\nROOT b = f32[4] all-to-all(a), " + attribute +
                           ", dimensions={0}"),
              HasSubstr(attribute + ", "));
}

INSTANTIATE_TEST_SUITE_P(Spellings, ReplicaGroupsTest,
                         testing::Values("{}", "{{0,1},{2,3}}", "[2,4]<=[8]", "[2,4]<=[4,2]T(1,0)",
                                         "mesh['a'=2,'b'=2] {'b'}",
                                         "mesh['a'=2,'b'=4], device_ids=([2,4]T(1,0)) {'b'}",
                                         "mesh['a'=2,'b'=2], device_ids=(3,2,1,0) {'b','a'}",
                                         "mesh['a'=8] {'a':(2)2,'a':(1)2}"));

TEST(HloTextTest, EntryAndHeaderAreOptional) {
  std::string printed = Reprint("c1 { a = f32[] parameter(0) }\nc2 { b = s32[] parameter(0) }");
  EXPECT_THAT(printed, StartsWith("HloModule c2, entry_computation_layout={(s32[])->s32[]}"));
  EXPECT_THAT(printed, HasSubstr("ENTRY %c2 (b: s32[]) -> s32[] {"));
}

TEST(HloTextTest, LoneInstruction) {
  std::string printed = Reprint("%r = f32[3] add(f32[3] %x, f32[3] %x), metadata={op_name=\"n\"}");
  EXPECT_THAT(printed, HasSubstr("%x = f32[3]{0} parameter(0)"));
  EXPECT_THAT(printed, HasSubstr("ROOT %r = f32[3]{0} add(%x, %x)"));
}

TEST(HloTextTest, CalleesMayFollowAndStandInline) {
  std::string printed = Reprint(R"(HloModule m
ENTRY e {
  a = f32[8] parameter(0)
  z = f32[] constant(0)
  r = f32[] reduce(a, z), dimensions={0}, to_apply=sum
  p = pred[] constant(true)
  ROOT c = f32[] conditional(p, r, r), false_computation=f, true_computation={
    x = f32[] parameter(0)
    ROOT y = f32[] negate(x)
  }
}
sum {
  x = f32[] parameter(0)
  y = f32[] parameter(1)
  ROOT s = f32[] add(x, y)
}
f { ROOT x = f32[] parameter(0) }, execution_thread="host")");
  EXPECT_THAT(printed, HasSubstr("true_computation=%c.true_computation, false_computation=%f"));
  EXPECT_THAT(printed, HasSubstr("}, execution_thread=\"host\""));
}

TEST(HloTextTest, HeaderAttributes) {
  std::string header =
      "HloModule m, is_scheduled=true, input_output_alias={ {0}: (0, {1}, must-alias) }, "
      "buffer_donor={ (0, {}) }, entry_computation_layout={((f32[], f32[]))->(f32[])}, "
      "allow_spmd_sharding_propagation_to_parameters={true,false}, replica_count=2, "
      "num_partitions=4, frontend_attributes={a=\"b\"}, debug_attributes={ {\"c\"}:(x) }\n";
  EXPECT_THAT(Reprint(header + R"(
FileNames
1 "a b.py"

FunctionNames
1 "main"

FileLocations
1 {file_name_id=1 function_name_id=1 line=7 end_line=8 column=2 end_column=3}

StackFrames
1 {file_location_id=1 parent_frame_id=1}


ENTRY e {
  p = (f32[], f32[]) parameter(0), metadata={stack_frame_id=1}
  ROOT t = (f32[]) tuple(p#0)
})"),
              testing::AllOf(StartsWith(header), HasSubstr("1 \"a b.py\"\n"),
                             HasSubstr("line=7 end_line=8 column=2 end_column=3}")));
}

TEST(HloTextTest, AsyncSugar) {
  std::string printed = Reprint(R"(HloModule m
ENTRY e {
  a = f32[4] parameter(0)
  s = ((f32[4], f32[4]), f32[4], s32[]) add-start(a, a), metadata={op_name="n"}
  u = ((f32[4], f32[4]), f32[4], s32[]) add-update(s)
  ROOT d = f32[4] add-done(u)
})");
  EXPECT_THAT(printed, HasSubstr("ROOT %s.wrapped = f32[4]{0} add(%param_0, %param_1)"));
  EXPECT_THAT(printed, HasSubstr("async-start(%a, %a), calls=%async_s"));
  EXPECT_THAT(printed, HasSubstr("ROOT %d = f32[4]{0} async-done(%u)"));
}

// Errors say where and what.
struct BadCase {
  std::string name;
  std::string text;
  std::string message;
};

class BadTextTest : public testing::TestWithParam<BadCase> {};

TEST_P(BadTextTest, SaysWhere) {
  EXPECT_THAT(Reprint(GetParam().text), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Errors, BadTextTest,
    testing::Values(
        BadCase{"Empty", " \n", "2:1: expected an HLO module, found the end of the text"},
        BadCase{"OpCode", "ENTRY e {\n a = f32[] tanhh(a)\n}",
                "2:12: no opcode is named tanhh; did you mean tanh"},
        BadCase{"UnknownAttribute",
                "ENTRY e {\n a = f32[2] parameter(0)\n b = f32[2] reverse(a), dimension={0}\n}",
                "3:25: reverse has no attribute dimension; did you mean dimensions"},
        BadCase{"TransposedDevices",
                "ENTRY e { ROOT a = f32[8,8] parameter(0), "
                "sharding={devices=[4,2]<=[2,4]T(1,-1)} }",
                "1:60: T(1,-1) is no order of 2 dimensions"},
        BadCase{"TransposedGroups",
                "ENTRY e { a = f32[8] parameter(0) ROOT g = f32[32] all-gather(a), dimensions={0}, "
                "replica_groups=[2,4]<=[8]T(1) }",
                "1:98: T(1) is no order of 1 dimensions"},
        BadCase{"RepeatedAttribute",
                "ENTRY e { a = f32[2] iota(), iota_dimension=0, "
                "iota_dimension=0 }",
                "1:48: iota_dimension is given twice"},
        BadCase{"MissingAttribute", "ENTRY e { a = f32[2] iota() }",
                "1:11: iota needs the attribute iota_dimension"},
        BadCase{"UnknownOperand", "ENTRY e { abc = f32[] parameter(0) b = f32[] abs(abd) }",
                "1:50: no instruction of e is named abd; did you mean abc"},
        BadCase{"DuplicateName", "ENTRY e {\n a = f32[] parameter(0)\n a = f32[] parameter(1)\n}",
                "3:2: instruction a is already defined at 2:2"},
        BadCase{"DuplicateComputation", "a { x = f32[] parameter(0) } a { x = f32[] parameter(0) }",
                "1:30: computation a is already defined"},
        BadCase{"TwoRoots", "ENTRY e { ROOT a = f32[] parameter(0) ROOT b = f32[] parameter(1) }",
                "1:39: computation e has two instructions marked ROOT"},
        BadCase{"TwoEntries", "ENTRY a { x = f32[] parameter(0) } ENTRY b { }",
                "1:36: a module has only one ENTRY"},
        BadCase{"Cycle", "ENTRY e { a = f32[] abs(b) b = f32[] abs(a) }", "depends on itself"},
        BadCase{"SelfCall", "e { a = f32[] call(), to_apply=e }", "calls itself"},
        BadCase{"OutOfRange", "ENTRY e { c = s8[] constant(128) }", "1:29: 128 is out of range"},
        BadCase{"FloatOutOfRange", "ENTRY e { c = f16[] constant(65520) }", "out of range for f16"},
        BadCase{"FloatForInteger", "ENTRY e { c = s32[] constant(1.5) }", "expected an integer"},
        BadCase{"TooFewElements", "ENTRY e { c = s32[3] constant({1, 2}) }",
                "expected 3 elements in dimension 0 of s32[3], found 2"},
        BadCase{"OverflowingShape", "ENTRY e { a = f32[9223372036854775807,2] parameter(0) }",
                "1:15: the size of f32[9223372036854775807,2] does not fit 64 bits"},
        BadCase{"BadLayout", "ENTRY e { a = f32[2,2]{0,0} parameter(0) }", "1:24: the layout"},
        BadCase{"OperandShape", "ENTRY e { a = f32[2] parameter(0) b = f32[2] abs(f32[3] a) }",
                "operand 0 is declared as f32[3] but a is of shape f32[2]"},
        BadCase{"UnfinishedComment", "ENTRY e { /* a = f32[]", "1:11: the comment has no end"},
        BadCase{"UnfinishedString", "ENTRY e { a = f32[] parameter(0), origin=\"x }",
                "the string has no end"},
        BadCase{"UnknownModuleAttribute",
                "HloModule m, colour=3\nENTRY e { a = f32[] parameter(0) }",
                "a module has no attribute colour"},
        BadCase{"UnknownLogMode",
                "HloModule m, debug_attributes={ {\"a\"}:({log_mode=loud}) }\n"
                "ENTRY e { a = f32[] parameter(0) }",
                "1:50: expected a log mode"},
        BadCase{"LineBeyond32Bits",
                "ENTRY e { a = f32[] parameter(0), metadata={source_line=2147483648} }",
                "1:57: the metadata 2147483648 does not fit 32 bits"},
        BadCase{"UnspecifiedVersion",
                "ENTRY e { a = f32[] custom-call(), custom_call_target=\"f\", "
                "api_version=API_VERSION_UNSPECIFIED }",
                "must be specified"},
        BadCase{"DevicesOfAMesh",
                "ENTRY e { p = f32[2] parameter(0) r = f32[4] all-gather(p), dimensions={0}, "
                "replica_groups=mesh['x'=2,'y'=2, device_ids=(0,1,2)] {'x'} }",
                "the mesh has 4 devices, but its device_ids are 3"},
        BadCase{"AxesOfAMesh",
                "ENTRY e { p = f32[2] parameter(0) r = f32[4] all-gather(p), dimensions={0}, "
                "replica_groups=mesh['x'=2] {'z'} }",
                "the mesh has no axis z"},
        BadCase{"PartsOfAnAxis",
                "ENTRY e { p = f32[2] parameter(0) r = f32[4] all-gather(p), dimensions={0}, "
                "replica_groups=mesh['x'=4] {'x':(3)2} }",
                "has no part (3)2"},
        BadCase{"AnAxisTwice",
                "ENTRY e { p = f32[2] parameter(0) r = f32[4] all-gather(p), dimensions={0}, "
                "replica_groups=mesh['x'=8] {'x':(1)4,'x':(2)2} }",
                "the axis x is named twice"},
        BadCase{"ShardedTwice",
                "ENTRY e { p = f32[2,2] parameter(0), sharding={mesh['x'=2] [{'x'}, {'x'}]} }",
                "1:48: the axis x is named twice"},
        BadCase{"ShardedByNoAxis",
                "ENTRY e { p = f32[2] parameter(0), sharding={mesh['x'=2] [{'y'}]} }",
                "1:46: the mesh has no axis y"},
        BadCase{
            "ShardedByPartsOfOnePart",
            "ENTRY e { p = f32[4] parameter(0), sharding={mesh['x'=8] [{'x':(1)2, 'x':(2)2}]} }",
            "1:46: {'x':(1)2, 'x':(2)2} is not the shortest way"},
        BadCase{"ShardedBehindTheOpenEnd",
                "ENTRY e { p = f32[4] parameter(0), sharding={mesh['x'=8] [{?, 'x'}]} }",
                "1:46: expected `}`, found `'x'}]} }`"},
        BadCase{"TooManyDevices",
                "ENTRY e { p = f32[4] parameter(0), sharding={mesh['x'=4194304] [{'x'}]} }",
                "1:46: a mesh has at most 256 axes and 1048576 devices"},
        BadCase{"AxesOfOneName",
                "ENTRY e { p = f32[4] parameter(0), sharding={mesh['x'=2,'x'=2] [{}]} }",
                "1:46: a mesh has two axes x"},
        BadCase{
            "DeviceTwice",
            "ENTRY e { p = f32[4] parameter(0), sharding={mesh['x'=2], device_ids=(1,1) [{}]} }",
            "1:46: a mesh has the device 1 twice"},
        BadCase{"NulByte", std::string("ENTRY e\0{", 9), "1:8: the text holds a NUL byte"},
        BadCase{"NotUtf8", "ENTRY \xff", "1:7: the text is not UTF-8"},
        BadCase{"Splat", "ENTRY e { c = f32[9000000000] constant(1) }", "have more than"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(HloTextTest, DeepNestingIsAnError) {
  constexpr int kLevels = 100000;
  std::string open(kLevels, '(');
  EXPECT_THAT(Reprint("ENTRY e { a = " + open), HasSubstr("levels deep"));
  EXPECT_THAT(Reprint("ENTRY e { a = f32[] parameter(0), sharding=" + std::string(kLevels, '{')),
              HasSubstr("levels deep"));
  std::string operands;
  for (int i = 0; i < kLevels; ++i) operands += "abs(";
  EXPECT_THAT(Reprint("ENTRY e { a = " + operands), HasSubstr("levels deep"));
}

}  // namespace
}  // namespace eqsat::importers
