// Lowered kernels against the reference interpreter, over ops and types.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "absl/strings/str_format.h"
#include "importers/hlo_text/hlo_text.h"
#include "ir/interpret/interpreter.h"
#include "ir/interpret/random_inputs.h"
#include "tests/codegen/lower_runs.h"

namespace eqsat::codegen {
namespace {

// Numbers around zero with the corners of the type among them, the same in every run.
ir::Literal Arguments(const ir::Shape& shape, uint64_t seed) {
  std::vector<double> values;
  uint64_t state = seed * 0x9e3779b97f4a7c15 + 1;
  bool floats = ir::IsFloat(shape.element_type());
  const double corners[] = {0, -0.0, 1, -1, 1e8, -1e8, INFINITY, -INFINITY, NAN};
  for (int64_t i = 0; i < shape.ElementCount(); ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    double unit = static_cast<double>(state >> 11) * 0x1p-53;
    values.push_back(floats && i % 5 == 4 ? corners[(state >> 20) % 9] : (unit - 0.5) * 20);
  }
  if (floats) return ir::Literal::FromDoubles(shape, values);
  std::vector<int64_t> integers;
  for (double value : values) integers.push_back(std::lround(value));
  return ir::Literal::FromInt64s(shape, integers);
}

// Equal, both NaN, or within `tolerance` of the magnitude.
void ExpectNear(const ir::Literal& expected, const ir::Literal& actual, double tolerance) {
  ASSERT_EQ(expected.shape().ToString(), actual.shape().ToString());
  for (int64_t i = 0; i < expected.shape().ElementCount(); ++i) {
    double e = expected.AsDouble(i), a = actual.AsDouble(i);
    if (e == a || (std::isnan(e) && std::isnan(a))) continue;
    EXPECT_LE(std::fabs(e - a), tolerance * std::max(std::fabs(e), 1e-30))
        << "element " << i << ": " << a << ", not " << e;
  }
}

enum class Inputs { kCorners, kSmall };

void ExpectAgreement(const std::string& hlo, KernelForm form, double tolerance,
                     Inputs inputs = Inputs::kCorners) {
  SCOPED_TRACE(hlo);
  absl::StatusOr<ir::Module> module = importers::ParseHloText(hlo);
  ASSERT_TRUE(module.ok()) << module.status().message();
  std::vector<ir::Literal> arguments;
  if (inputs == Inputs::kSmall) {
    arguments = ir::RandomInputs(module->entry(), 1);
  } else {
    for (const ir::Shape& shape : module->entry().program_shape().parameters)
      arguments.push_back(Arguments(shape, arguments.size() + 1));
  }
  absl::StatusOr<ir::Literal> expected = ir::Evaluate(*module, arguments);
  ASSERT_TRUE(expected.ok()) << expected.status().message();
  for (const ScheduleTarget& target : TargetsToLowerFor()) {
    absl::StatusOr<std::vector<ir::Literal>> actual = RunHlo(hlo, form, arguments, target);
    ASSERT_TRUE(actual.ok()) << actual.status().message();
    ExpectNear(expected->shape().IsTuple() ? expected->elements()[0] : *expected, (*actual)[0],
               tolerance);
  }
}

double Tolerance(std::string_view type) {
  if (type == "f64") return 1e-15 * 4;
  if (type == "f32") return 1e-6;
  return type == "bf16" ? 1e-2 : type == "f16" ? 2e-3 : 0;
}

TEST(LowerInterpretTest, UnaryFloats) {
  for (std::string_view type : {"f32", "bf16", "f16", "f64"}) {
    for (std::string_view op : {"abs",
                                "acos",
                                "acosh",
                                "asin",
                                "asinh",
                                "atanh",
                                "cbrt",
                                "ceil",
                                "cosh",
                                "cosine",
                                "erf",
                                "exponential",
                                "exponential-minus-one",
                                "floor",
                                "log",
                                "log-plus-one",
                                "logistic",
                                "negate",
                                "round-nearest-afz",
                                "round-nearest-even",
                                "rsqrt",
                                "sign",
                                "sinh",
                                "sqrt",
                                "tanh"}) {
      ExpectAgreement(absl::StrFormat("HloModule m\nENTRY e { x = %1$s[40] parameter(0)\n"
                                      "ROOT r = %1$s[40] %2$s(x) }",
                                      std::string(type), std::string(op)),
                      KernelForm::kLoop, Tolerance(type));
    }
  }
}

TEST(LowerInterpretTest, BinaryOps) {
  for (std::string_view type :
       {"f32", "bf16", "f16", "f64", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64"}) {
    for (std::string_view op :
         {"add", "subtract", "multiply", "divide", "remainder", "maximum", "minimum", "power"}) {
      ExpectAgreement(absl::StrFormat("HloModule m\nENTRY e { x = %1$s[60] parameter(0)\n"
                                      "y = %1$s[60] parameter(1)\nROOT r = %1$s[60] %2$s(x, y) }",
                                      std::string(type), std::string(op)),
                      KernelForm::kLoop, Tolerance(type));
    }
  }
}

TEST(LowerInterpretTest, IntegerOps) {
  for (std::string_view type : {"s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64"}) {
    for (std::string_view op : {"and", "or", "xor", "shift-left", "shift-right-arithmetic",
                                "shift-right-logical", "mulhi"}) {
      ExpectAgreement(absl::StrFormat("HloModule m\nENTRY e { x = %1$s[60] parameter(0)\n"
                                      "y = %1$s[60] parameter(1)\nROOT r = %1$s[60] %2$s(x, y) }",
                                      std::string(type), std::string(op)),
                      KernelForm::kLoop, 0);
    }
    for (std::string_view op : {"not", "negate", "sign", "popcnt", "count-leading-zeros", "abs"}) {
      if (op == "abs" && type[0] == 'u') continue;
      ExpectAgreement(absl::StrFormat("HloModule m\nENTRY e { x = %1$s[60] parameter(0)\n"
                                      "ROOT r = %1$s[60] %2$s(x) }",
                                      std::string(type), std::string(op)),
                      KernelForm::kLoop, 0);
    }
  }
}

TEST(LowerInterpretTest, Conversions) {
  constexpr std::string_view kTypes[] = {"pred", "s8",  "u8",   "s16", "u16", "s32", "u32",
                                         "s64",  "u64", "bf16", "f16", "f32", "f64", "f8e4m3fn"};
  for (std::string_view from : kTypes) {
    for (std::string_view to : kTypes) {
      if (from == to) continue;
      ExpectAgreement(absl::StrFormat("HloModule m\nENTRY e { x = %s[60] parameter(0)\n"
                                      "ROOT r = %s[60] convert(x) }",
                                      std::string(from), std::string(to)),
                      KernelForm::kLoop, 0);
    }
  }
}

TEST(LowerInterpretTest, Comparisons) {
  for (std::string_view type : {"f32", "bf16", "s32", "u8", "pred"}) {
    for (std::string_view direction : {"EQ", "NE", "LT", "LE", "GT", "GE"}) {
      ExpectAgreement(absl::StrFormat("HloModule m\nENTRY e { x = %1$s[60] parameter(0)\n"
                                      "y = %1$s[60] parameter(1)\n"
                                      "ROOT r = pred[60] compare(x, y), direction=%2$s%3$s }",
                                      std::string(type), std::string(direction),
                                      type[0] == 'f' ? ", type=TOTALORDER" : ""),
                      KernelForm::kLoop, 0);
    }
  }
}

// Layer norm with its mean, over several dimensions at once.
TEST(LowerInterpretTest, LayerNorm) {
  ExpectAgreement(R"(
    HloModule m
    add { a = f32[] parameter(0)
          b = f32[] parameter(1)
          ROOT r = f32[] add(a, b) }
    ENTRY e {
      i = s32[3,4,50] iota(), iota_dimension=2
      x0 = f32[3,4,50] convert(i)
      x = f32[3,4,50] sine(x0)
      zero = f32[] constant(0)
      n = f32[] constant(0.005)
      ns = f32[3] broadcast(n), dimensions={}
      s = f32[3] reduce(x, zero), dimensions={1,2}, to_apply=add
      mean = f32[3] multiply(s, ns)
      mb = f32[3,4,50] broadcast(mean), dimensions={0}
      d = f32[3,4,50] subtract(x, mb)
      sq = f32[3,4,50] multiply(d, d)
      v = f32[3] reduce(sq, zero), dimensions={1,2}, to_apply=add
      vm = f32[3] multiply(v, ns)
      r = f32[3] rsqrt(vm)
      rb = f32[3,4,50] broadcast(r), dimensions={0}
      y = f32[3,4,50] multiply(d, rb)
      ROOT z = f32[3,200] reshape(y)
    })",
                  KernelForm::kRow, 1e-4);
}

// An entry of one operation on parameters of the given shapes.
std::string OneOp(std::initializer_list<std::string_view> parameters, std::string_view operation) {
  std::string text = "HloModule m\nENTRY e {\n";
  int number = 0;
  for (std::string_view shape : parameters) {
    absl::StrAppendFormat(&text, "p%d = %s parameter(%d)\n", number, std::string(shape), number);
    ++number;
  }
  return text + "ROOT r = " + std::string(operation) + " }";
}

TEST(LowerInterpretTest, Dots) {
  auto expect = [](std::initializer_list<std::string_view> parameters, std::string_view operation,
                   double tolerance = 1e-5) {
    ExpectAgreement(OneOp(parameters, operation), KernelForm::kContraction, tolerance,
                    Inputs::kSmall);
  };
  expect({"bf16[7,12]", "bf16[12,33]"},
         "f32[7,33] dot(p0, p1), lhs_contracting_dims={1}, rhs_contracting_dims={0}");
  expect({"bf16[5,40]", "bf16[9,40]"},
         "bf16[5,9] dot(p0, p1), lhs_contracting_dims={1}, rhs_contracting_dims={1}", 1e-2);
  expect({"s8[5,40]", "s8[40,9]"},
         "s32[5,9] dot(p0, p1), lhs_contracting_dims={1}, rhs_contracting_dims={0}", 0);
  expect({"f64[6,3,4]", "f64[3,4,10]"},
         "f64[6,10] dot(p0, p1), lhs_contracting_dims={1,2}, rhs_contracting_dims={0,1}");
  expect({"f32[6,3,4]", "f32[10,3,4]"},
         "f32[6,10] dot(p0, p1), lhs_contracting_dims={1,2}, rhs_contracting_dims={1,2}");
  expect({"f32[12,6]", "f32[12,17]"},
         "f32[6,17] dot(p0, p1), lhs_contracting_dims={0}, rhs_contracting_dims={0}");
  expect({"f32[2,3,5,8]", "f32[2,3,7,8]"},
         "f32[2,3,5,7] dot(p0, p1), lhs_batch_dims={0,1}, rhs_batch_dims={0,1}, "
         "lhs_contracting_dims={3}, rhs_contracting_dims={3}");
  expect({"f32[64]", "f32[64]"},
         "f32[] dot(p0, p1), lhs_contracting_dims={0}, rhs_contracting_dims={0}");
  expect({"f32[1,64]", "f32[64,200]"},
         "f32[1,200] dot(p0, p1), lhs_contracting_dims={1}, rhs_contracting_dims={0}");
}

TEST(LowerInterpretTest, Convolutions) {
  auto expect = [](std::initializer_list<std::string_view> parameters, std::string_view operation) {
    ExpectAgreement(OneOp(parameters, operation), KernelForm::kContraction, 1e-5, Inputs::kSmall);
  };
  expect({"f32[2,3,9,8]", "f32[5,3,3,2]"},
         "f32[2,5,4,8] convolution(p0, p1), window={size=3x2 stride=2x1 pad=0_0x0_1}, "
         "dim_labels=bf01_oi01->bf01");
  expect({"f32[1,6,6,4]", "f32[3,3,1,12]"},
         "f32[1,6,6,12] convolution(p0, p1), window={size=3x3 pad=1_1x1_1}, "
         "dim_labels=b01f_01io->b01f, feature_group_count=4");
  expect({"f32[1,4,4,3]", "f32[3,3,3,10]"},
         "f32[1,9,9,10] convolution(p0, p1), window={size=3x3 pad=2_2x2_2 lhs_dilate=2x2}, "
         "dim_labels=b01f_01io->b01f");
  expect({"f32[3,5,5,2]", "f32[1,1,2,16]"},
         "f32[3,5,5,16] convolution(p0, p1), window={size=1x1}, dim_labels=b01f_01io->b01f");
}

TEST(LowerInterpretTest, WindowsAndGathers) {
  ExpectAgreement(R"(
    HloModule m
    add { a = f32[] parameter(0)
          b = f32[] parameter(1)
          ROOT r = f32[] add(a, b) }
    ENTRY e {
      x = f32[2,7,6,3] parameter(0)
      zero = f32[] constant(0)
      ROOT r = f32[2,4,3,3] reduce-window(x, zero), window={size=1x3x2x1 stride=1x2x2x1 pad=0_0x1_1x0_0x0_0}, to_apply=add
    })",
                  KernelForm::kRow, 1e-5, Inputs::kSmall);
  ExpectAgreement(OneOp({"f32[4,5,6]", "s32[3,2]"},
                        "f32[3,2,6] gather(p0, p1), offset_dims={1,2}, collapsed_slice_dims={0}, "
                        "start_index_map={0,1}, index_vector_dim=1, slice_sizes={1,2,6}"),
                  KernelForm::kLoop, 0, Inputs::kSmall);
  ExpectAgreement(OneOp({"bf16[2,8]", "u8[]", "s64[]"},
                        "bf16[1,3] dynamic-slice(p0, p1, p2), dynamic_slice_sizes={1,3}"),
                  KernelForm::kLoop, 0, Inputs::kSmall);
}

TEST(LowerInterpretTest, MovementChains) {
  ExpectAgreement(R"(
    HloModule m
    ENTRY e {
      x = f32[4,6,5] parameter(0)
      t = f32[6,4,5] transpose(x), dimensions={1,0,2}
      f = f32[24,5] reshape(t)
      g = f32[3,40] reshape(f)
      s = f32[3,12] slice(g), slice={[0:3], [1:36:3]}
      z = f32[] constant(2)
      p = f32[5,25] pad(s, z), padding=1_1_0x2_0_1
      v = f32[5,25] reverse(p), dimensions={0,1}
      c = f32[5,50] concatenate(v, p), dimensions={1}
      ROOT r = f32[25,10] reshape(c)
    })",
                  KernelForm::kLoop, 0, Inputs::kSmall);
}

}  // namespace
}  // namespace eqsat::codegen
