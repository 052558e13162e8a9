// How fast graphs are read and written: `import_benchmark [--benchmark_…] [FILE.hlo…]`.
//
// Bytes per second count the bytes of the form that is read or written. Without a file the graph is
// made from an example.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <utility>

#include "bench/example_module.h"
#include "importers/export.h"
#include "importers/import.h"
#include "ir/base/strings.h"
#include "ir/verify/verify.h"

namespace eqsat::bench {
namespace {

using importers::Format;

constexpr size_t kExampleBytes = 4 << 20;

void SetBytes(benchmark::State& state, size_t bytes) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));
}

void Import(benchmark::State& state, const std::string& bytes, Format format) {
  for (auto unused : state) {
    absl::StatusOr<ir::Module> module = importers::Import(bytes, format);
    state.PauseTiming();  // the end of the module is not part of reading it
    module = absl::CancelledError();
    state.ResumeTiming();
  }
  SetBytes(state, bytes.size());
}

void Export(benchmark::State& state, const ir::Module& module, Format format) {
  size_t bytes = 0;
  for (auto unused : state) bytes = importers::Export(module, format).value().size();
  SetBytes(state, bytes);
}

void Verify(benchmark::State& state, const ir::Module& module, size_t text_bytes) {
  for (auto unused : state) benchmark::DoNotOptimize(ir::Verify(module).ok());
  SetBytes(state, text_bytes);
}

void Register(const std::string& name, const std::string& text) {
  auto module = std::make_shared<ir::Module>(importers::Import(text, Format::kHloText).value());
  auto add = [&](std::string_view what, auto run) {
    benchmark::RegisterBenchmark(base::StrCat(what, "/", name).c_str(), run)
        ->Unit(benchmark::kMillisecond);
  };
  for (Format format : {Format::kHloText, Format::kHloProto, Format::kHloJson}) {
    auto bytes = std::make_shared<std::string>(
        format == Format::kHloText ? text : importers::Export(*module, format).value());
    add(base::StrCat("import_", importers::Name(format)),
        [bytes, format](benchmark::State& state) { Import(state, *bytes, format); });
    add(base::StrCat("export_", importers::Name(format)),
        [module, format](benchmark::State& state) { Export(state, *module, format); });
  }
  add("verify",
      [module, size = text.size()](benchmark::State& state) { Verify(state, *module, size); });
}

}  // namespace
}  // namespace eqsat::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    std::string path = argv[i];
    eqsat::bench::Register(path.substr(path.rfind('/') + 1), eqsat::bench::ReadFileOrDie(path));
  }
  if (argc == 1)
    eqsat::bench::Register("example", eqsat::bench::ExampleModule(eqsat::bench::kExampleBytes));
  benchmark::RunSpecifiedBenchmarks();
}
