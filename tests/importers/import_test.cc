// Protos and JSON that other programs write, and inputs that nothing should have written.
#include "importers/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "importers/export.h"
#include "importers/hlo_proto/hlo.pb.h"
#include "ir/verify/verify.h"

namespace eqsat::importers {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string ImportError(std::string_view bytes) {
  absl::StatusOr<ir::Module> module = Import(bytes);
  return module.ok() ? "no error" : std::string(module.status().message());
}

ir::Module Sample() {
  return *Import(
      "HloModule m\nENTRY e {\n a = f32[2,3]{0,1} parameter(0)\n"
      "c = f32[2,3]{0,1} constant({ {1, 2, 3}, {4, 5, 6} })\n"
      "ROOT b = f32[2,3]{0,1} add(a, c)\n}");
}

hlo::HloModuleProto SampleProto() {
  hlo::HloProto proto;
  proto.ParseFromString(*Export(Sample(), Format::kHloProto));
  return proto.hlo_module();
}

TEST(ImportTest, TakesEveryTopMessage) {
  hlo::HloModuleProto module = SampleProto();
  hlo::HloSnapshot snapshot;
  *snapshot.mutable_hlo()->mutable_hlo_module() = module;
  hlo::HloUnoptimizedSnapshot unoptimized;
  *unoptimized.mutable_hlo_module() = module;
  unoptimized.add_partitions();
  for (const std::string& bytes : {module.SerializeAsString(), snapshot.SerializeAsString(),
                                   unoptimized.SerializeAsString()}) {
    absl::StatusOr<ir::Module> imported = Import(bytes);
    ASSERT_TRUE(imported.ok()) << imported.status();
    EXPECT_EQ(ir::FirstDifference(*imported, Sample()), std::nullopt);
  }
}

TEST(ImportTest, LiteralsAreInTheOrderOfTheirLayout) {
  const hlo::HloModuleProto module = SampleProto();
  for (const hlo::HloInstructionProto& instruction : module.computations(0).instructions()) {
    if (instruction.opcode() != "constant") continue;
    EXPECT_THAT(instruction.literal().f32s(), testing::ElementsAre(1, 4, 2, 5, 3, 6));
  }
}

TEST(ImportTest, JsonInBothSpellings) {
  constexpr char kCamel[] = R"({"hloModule":{"name":"m","entryComputationId":"7","computations":[
    {"id":"7","name":"e","rootId":"2","instructions":[
      {"id":"1","name":"a","opcode":"parameter","shape":{"elementType":"F32","dimensions":["2"]},
       "unheardOf":{"x":1}},
      {"id":"2","name":"b","opcode":"negate","operandIds":["1"],
       "shape":{"elementType":"F32","dimensions":["2"]},"backendConfig":"Zm9v"}]}]}})";
  constexpr char kSnake[] = R"({"name":"m","entry_computation_id":7,"computations":[
    {"id":7,"name":"e","root_id":2,"instructions":[
      {"id":1,"name":"a","opcode":"parameter","shape":{"element_type":"F32","dimensions":[2]}},
      {"id":2,"name":"b","opcode":"negate","operand_ids":[1],
       "shape":{"element_type":"F32","dimensions":[2]},"backend_config":"Zm9v"}]}]})";
  absl::StatusOr<ir::Module> camel = Import(kCamel), snake = Import(kSnake);
  ASSERT_TRUE(camel.ok()) << camel.status();
  ASSERT_TRUE(snake.ok()) << snake.status();
  EXPECT_EQ(ir::FirstDifference(*camel, *snake), std::nullopt);
  EXPECT_EQ(camel->entry()[camel->entry().root()].Notes().backend_config, "foo");
}

TEST(ImportTest, NamesThatTextCannotSpellAreChanged) {
  hlo::HloModuleProto proto = SampleProto();
  for (hlo::HloInstructionProto& instruction :
       *proto.mutable_computations(0)->mutable_instructions())
    instruction.set_name("1 a/b");
  absl::StatusOr<ir::Module> module = Import(proto.SerializeAsString());
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ(module->entry().instructions()[1].name, "_1_a_b.1");
  EXPECT_TRUE(Import(*Export(*module, Format::kHloText)).ok());
}

TEST(ImportTest, BrokenGraphsAreErrors) {
  auto error = [](auto change) {
    hlo::HloModuleProto proto = SampleProto();
    change(proto.mutable_computations(0));
    return ImportError(proto.SerializeAsString());
  };
  using C = hlo::HloComputationProto;
  EXPECT_THAT(error([](C* c) { c->mutable_instructions(2)->set_operand_ids(0, 99); }),
              HasSubstr("an operand of b: there is no instruction with the id 99"));
  EXPECT_THAT(error([](C* c) { c->mutable_instructions(2)->set_operand_ids(0, 3); }),
              HasSubstr("instruction b depends on itself"));
  EXPECT_THAT(error([](C* c) { c->mutable_instructions(1)->set_id(1); }),
              HasSubstr("two instructions have the id 1: a and c"));
  EXPECT_THAT(error([](C* c) { c->mutable_instructions(2)->set_opcode("ad"); }),
              HasSubstr("instruction b: no opcode is named ad"));
  EXPECT_THAT(error([](C* c) { c->mutable_instructions(2)->add_called_computation_ids(1); }),
              HasSubstr("computation e calls itself"));
  EXPECT_THAT(error([](C* c) { c->set_root_id(50); }), HasSubstr("the root"));
  EXPECT_THAT(error([](C* c) { c->mutable_instructions(1)->mutable_literal()->add_f32s(1); }),
              HasSubstr("instruction c: a literal of shape f32[2,3]{0,1} has 28 bytes"));
  EXPECT_THAT(error([](C* c) {
                c->mutable_instructions(0)->mutable_shape()->set_dimensions(0, INT64_MAX);
              }),
              HasSubstr("does not fit 64 bits"));
  EXPECT_THAT(error([](C* c) { c->mutable_instructions(0)->set_parameter_number(INT64_MAX); }),
              HasSubstr("has the parameter number"));
}

TEST(ImportTest, TruncatedProtosAreErrors) {
  std::string bytes = *Export(Sample(), Format::kHloProto);
  for (size_t length = 1; length < bytes.size(); ++length)
    EXPECT_NE(ImportError(bytes.substr(0, length)), "no error") << length;
  EXPECT_THAT(ImportError(bytes.substr(0, bytes.size() / 2)), StartsWith("byte "));
}

TEST(ImportTest, ChangedBytesNeverCrash) {
  std::string bytes = *Export(Sample(), Format::kHloProto);
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int change : {1, 0x80, 0xff}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ change);
      ImportError(changed);
    }
  }
}

TEST(ImportTest, BadJsonIsAnErrorWithItsPlace) {
  EXPECT_THAT(ImportError("{\"hloModule\": {,}}"), StartsWith("1:16: "));
  EXPECT_THAT(ImportError("[1, 2]"), HasSubstr("the JSON is not an object"));
  EXPECT_THAT(ImportError("{\"a\": 1}"), HasSubstr("the object is no HLO message"));
  EXPECT_THAT(ImportError("{\"hloModule\": 3}"), HasSubstr("HloProto"));
  EXPECT_THAT(ImportError("{\"computations\": []}"), HasSubstr("no HLO module with a computation"));
  EXPECT_THAT(ImportError("{\"a\":" + std::string(100000, '[')), HasSubstr("levels deep"));
}

TEST(ImportTest, EmptyAndMissingFiles) {
  EXPECT_EQ(ImportError(""), "1:1: the input is empty");
  EXPECT_THAT(std::string(ImportFile("/no/such/file.hlo").status().message()),
              StartsWith("/no/such/file.hlo: "));
}

// XLA's tools keep several modules, and their own directives, in one file.
// A mesh's words become an attribute of the module.
TEST(ImportTest, AttributesOfTheModuleAreUtf8) {
  absl::StatusOr<ir::Module> module = Import(
      "module { sdy.mesh @m = <[\"x\"=2]\x80>\n"
      "func.func @main(%a: tensor<2xf32>) -> tensor<2xf32> { return %a : tensor<2xf32> } }",
      Format::kStableHlo);
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_THAT(std::string(ir::Verify(*module).message()),
              testing::HasSubstr("frontend_attributes is not UTF-8"));
}

TEST(ImportTest, TextsOfSeveralModules) {
  std::string text =
      "// RUN: hlo-opt %s\n"
      "HloModule a\nENTRY e { ROOT p = f32[] parameter(0) }\n"
      "// -----\n"
      "// only a comment\n"
      "// -----\n"
      "HloModule b\nENTRY e { ROOT p = f32[] parameter(0) }\n";
  absl::StatusOr<std::vector<ir::Module>> programs = ImportPrograms(text);
  ASSERT_TRUE(programs.ok()) << programs.status();
  ASSERT_EQ(programs->size(), 2u);
  EXPECT_EQ((*programs)[1].header().name, "b");
  text += "// -----\nHloModule c\nENTRY e { ROOT p = f32[ parameter(0) }\n";
  // Places count lines of the whole text.
  EXPECT_THAT(std::string(ImportPrograms(text).status().message()), StartsWith("11:"));
}

// What a proto may hold and text may not hold as it is.
TEST(ImportTest, TextKeepsKeysAndConfigurationsOfAnyBytes) {
  absl::StatusOr<ir::Module> module = Import(
      "HloModule m\nENTRY e { ROOT p = f32[] parameter(0), "
      "frontend_attributes={\"a b\"=\"1\",c=\"2\"}, backend_config=\"{\\377}\" }");
  ASSERT_TRUE(module.ok()) << module.status();
  absl::StatusOr<ir::Module> again = Import(*Export(*module, Format::kHloText));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(ir::FirstDifference(*module, *again), std::nullopt);
}

TEST(ImportTest, ModuleNamesKeepWhatTextTakes) {
  absl::StatusOr<ir::Module> module =
      Import("HloModule a+b/c$1@<d>\nENTRY e { ROOT p = f32[] parameter(0) }");
  ASSERT_TRUE(module.ok()) << module.status();
  absl::StatusOr<ir::Module> again = Import(*Export(*module, Format::kHloProto));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->header().name, "a+b/c$1@<d>");
}

constexpr char kProtoText[] = R"(# A comment
hlo_module {
  name: "m"
  entry_computation_name: "e"
  computations {
    name: "e"
    instructions {
      name: "p"
      opcode: "parameter"
      shape { element_type: F32 dimensions: 2 layout { minor_to_major: 0 } }
      id: 1
      a_field_of_the_future: 3
    }
    id: 2
    root_id: 1
  }
  id: 2
  entry_computation_id: 2
}
)";

TEST(ImportTest, ProtosAsText) {
  absl::StatusOr<ir::Module> module = Import(kProtoText);
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ(module->entry()[module->entry().root()].shape.ToString(), "f32[2]");
  std::string several = std::string(kProtoText) + "\n// -----\n" + kProtoText;
  EXPECT_EQ(ImportPrograms(several)->size(), 2);
}

TEST(ImportTest, FaultsInProtosAsTextHaveAPlace) {
  EXPECT_EQ(Import("hlo_module {\n  name: 3\n}").status().message().substr(0, 5), "2:9: ");
  EXPECT_EQ(Import("hlo_module { name: \"m\" }").status().message(),
            "1:1: the text holds no HLO module with a computation");
}

TEST(FormatTest, Names) {
  EXPECT_EQ(FormatFromName("hlo-proto"), Format::kHloProto);
  EXPECT_EQ(FormatFromName("hlo"), std::nullopt);
  EXPECT_EQ(FormatFromPath("a/b.txt"), Format::kHloText);
  EXPECT_EQ(FormatFromPath("a/b.json"), Format::kHloJson);
  EXPECT_EQ(FormatFromPath("a/json"), std::nullopt);
}

}  // namespace
}  // namespace eqsat::importers
