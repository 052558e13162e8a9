// The graph that the benchmarks of the readers take where no file is named.
#ifndef EQSAT_BENCH_EXAMPLE_MODULE_H_
#define EQSAT_BENCH_EXAMPLE_MODULE_H_

#include <cstddef>
#include <string>

namespace eqsat::bench {

// HLO text of at least so many bytes: copies of examples/attention_train_f32.hlo side by side,
// their names made distinct. The last copy is the entry.
std::string ExampleModule(size_t bytes);

// The bytes of a file; ends the program with a message if it cannot be read.
std::string ReadFileOrDie(const std::string& path);

}  // namespace eqsat::bench

#endif  // EQSAT_BENCH_EXAMPLE_MODULE_H_
