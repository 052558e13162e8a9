// Writes what a fuzzer starts from: `fuzz_material DIR` makes DIR/READER/, small inputs that the
// reader accepts, and DIR/READER.dict, the words of its format.
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "importers/export.h"
#include "importers/hlo_proto/hlo.pb.h"
#include "importers/hlo_text/annotation_parser.h"
#include "importers/import.h"
#include "importers/onnx/op_table.h"
#include "importers/stablehlo/op_table.h"
#include "ir/base/strings.h"
#include "ir/ops/attributes.h"
#include "ir/ops/opcode.h"
#include "ir/shape/element_type.h"
#include "rules/compile/vocabulary.h"
#include "rules/functions/function.h"

namespace eqsat::fuzz {
namespace {

namespace fs = std::filesystem;
using importers::Format;
using Words = std::set<std::string>;

// Fuzzers are fast on small inputs only.
constexpr uintmax_t kMaxSeedBytes = 12'000;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void WriteFile(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

// The small files of `folder`, relative to the source tree, whose names end in `ending`.
std::vector<fs::path> SmallFiles(std::string_view folder, std::string_view ending) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(fs::path(EQSAT_SOURCE_DIR) / folder))
    if (entry.path().string().ends_with(ending) && entry.file_size() <= kMaxSeedBytes)
      paths.push_back(entry.path());
  return paths;
}

void CopySeeds(const fs::path& out, std::string_view folder, std::string_view ending) {
  for (const fs::path& path : SmallFiles(folder, ending))
    WriteFile(out / path.filename(), ReadFile(path));
}

// The graphs of `folder` in another form.
void ConvertSeeds(const fs::path& out, std::string_view folder, Format format) {
  for (const fs::path& path : SmallFiles(folder, ".hlo")) {
    absl::StatusOr<ir::Module> module = importers::ImportFile(path);
    absl::StatusOr<std::string> bytes =
        module.ok() ? importers::Export(*module, format) : module.status();
    if (bytes.ok()) WriteFile(out / path.stem(), *bytes);
  }
}

// Nodes of two classes, one of them on a cycle.
constexpr char kEGraph[] = R"({
  "nodes": {
    "a": {"op": "f", "children": ["b", "c"], "eclass": "1", "cost": 2.5},
    "b": {"op": "g", "children": [], "eclass": "2", "cost": 1.0, "subsumed": false},
    "c": {"op": "h \u00e9", "children": ["a"], "eclass": "2", "cost": 0.0}
  },
  "root_eclasses": ["1"],
  "class_data": {"1": {"type": "Math"}}
})";

void WriteSeeds(const fs::path& out) {
  for (std::string_view folder : {"examples", "tests/importers/data"}) {
    CopySeeds(out / "hlo_text", folder, ".hlo");
    ConvertSeeds(out / "hlo_proto", folder, Format::kHloProto);
    ConvertSeeds(out / "hlo_json", folder, Format::kHloJson);
    CopySeeds(out / "stablehlo", folder, ".mlir");
    CopySeeds(out / "stablehlo_bytecode", folder, ".mlir.bc");
    CopySeeds(out / "onnx", folder, ".onnx");
  }
  for (std::string_view folder : {"examples", "rules"}) CopySeeds(out / "rules", folder, ".eqr");
  WriteFile(out / "egraph" / "small.json", kEGraph);
  CopySeeds(out / "target", "cost_models/targets", ".json");
}

Words OpNames() {
  Words words;
  for (int i = 0; i < ir::kNumOpCodes; ++i) words.emplace(ir::Name(static_cast<ir::OpCode>(i)));
  return words;
}

Words TypeNames() {
  Words words;
  for (int i = 0; i < ir::kNumElementTypes; ++i)
    words.emplace(ir::Name(static_cast<ir::ElementType>(i)));
  return words;
}

template <size_t... kIndex>
Words AttributeNames(std::index_sequence<kIndex...>) {
  Words words;
  auto add = [&words](std::string_view name, const auto&, ir::Presence) { words.emplace(name); };
  (std::variant_alternative_t<kIndex, ir::Attributes>::VisitFields(
       std::as_const(*std::make_unique<std::variant_alternative_t<kIndex, ir::Attributes>>()), add),
   ...);
  return words;
}

Words AttributeNames() {
  return AttributeNames(std::make_index_sequence<std::variant_size_v<ir::Attributes>>());
}

// Names of letters, digits, `_`, `-` and `.` in the seeds of a format of text.
Words SeedWords(const fs::path& seeds) {
  Words words;
  for (const auto& entry : fs::directory_iterator(seeds)) {
    std::string word;
    for (char c : ReadFile(entry.path()) + " ") {
      bool in_word = std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
      if (in_word) {
        word += c;
      } else {
        if (word.size() > 1 && std::isalpha(static_cast<unsigned char>(word[0])))
          words.insert(word);
        word.clear();
      }
    }
  }
  return words;
}

Words With(std::string_view before, const Words& words, std::string_view after) {
  Words result;
  for (const std::string& word : words) result.insert(base::StrCat(before, word, after));
  return result;
}

Words Union(const std::vector<Words>& sets) {
  Words all;
  for (const Words& words : sets) all.insert(words.begin(), words.end());
  return all;
}

Words HloTextWords() {
  Words annotations(importers::AnnotationNames().begin(), importers::AnnotationNames().end());
  return Union({With("", OpNames(), "("), With("", TypeNames(), "["),
                With(", ", AttributeNames(), "="), With(", ", annotations, "=")});
}

Words FieldNames() {
  Words words;
  const google::protobuf::FileDescriptor* file = hlo::HloProto::descriptor()->file();
  for (int i = 0; i < file->message_type_count(); ++i)
    for (int j = 0; j < file->message_type(i)->field_count(); ++j)
      words.insert(file->message_type(i)->field(j)->json_name());
  return words;
}

// A string field's value with its length before it.
Words Delimited(const Words& words) {
  Words result;
  for (const std::string& word : words)
    result.insert(std::string(1, static_cast<char>(word.size())) + word);
  return result;
}

Words StableHloOpNames() {
  namespace sh = importers::stablehlo;
  Words words;
  for (absl::Span<const sh::OpEntry> family :
       {sh::ElementwiseOps(), sh::MovementOps(), sh::ContractionOps(), sh::ReductionOps(),
        sh::IndexedOps(), sh::ControlOps(), sh::CollectiveOps(), sh::AsyncOps(), sh::TransferOps(),
        sh::LinearAlgebraOps(), sh::DynamicOps(), sh::QuantizationOps(), sh::CheckOps(),
        sh::ChloOps(), sh::ChloMathOps()})
    for (const sh::OpEntry& entry : family) words.emplace(entry.name);
  return words;
}

Words OnnxOpNames() {
  std::vector<std::string_view> names = importers::onnx::OpNames();
  return Words(names.begin(), names.end());
}

Words RuleWords() {
  Words words(rules::OpRuleNames().begin(), rules::OpRuleNames().end());
  for (const rules::Function& function : rules::AllFunctions())
    words.insert(base::StrCat(function.name, "("));
  for (std::string_view set : rules::BuiltInSetNames()) words.emplace(set);
  return words;
}

// libFuzzer's form: one quoted word a line, with \xAB for what is not plain.
void WriteDictionary(const fs::path& path, const Words& words) {
  std::string text;
  for (const std::string& word : words) {
    text += '"';
    for (unsigned char c : word) {
      char escaped[8];
      bool plain = std::isprint(c) && c != '"' && c != '\\';
      std::snprintf(escaped, sizeof escaped, plain ? "%c" : "\\x%02X", c);
      text += escaped;
    }
    text += "\"\n";
  }
  WriteFile(path, text);
}

void WriteDictionaries(const fs::path& out) {
  WriteDictionary(out / "hlo_text.dict", HloTextWords());
  WriteDictionary(out / "hlo_proto.dict", Delimited(OpNames()));
  WriteDictionary(out / "hlo_json.dict",
                  Union({With("\"", FieldNames(), "\":"), With("\"", OpNames(), "\"")}));
  WriteDictionary(out / "stablehlo.dict", Union({With("stablehlo.", StableHloOpNames(), " "),
                                                 With("\"stablehlo.", StableHloOpNames(), "\""),
                                                 SeedWords(out / "stablehlo")}));
  WriteDictionary(out / "stablehlo_bytecode.dict", StableHloOpNames());
  WriteDictionary(out / "onnx.dict", Delimited(OnnxOpNames()));
  WriteDictionary(out / "rules.dict", Union({RuleWords(), SeedWords(out / "rules")}));
  WriteDictionary(out / "egraph.dict", With("\"", SeedWords(out / "egraph"), "\""));
  WriteDictionary(out / "target.dict", With("\"", SeedWords(out / "target"), "\""));
}

}  // namespace
}  // namespace eqsat::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_material DIR\n");
    return 2;
  }
  eqsat::fuzz::WriteSeeds(argv[1]);
  eqsat::fuzz::WriteDictionaries(argv[1]);
}
