// CHLO's special functions: error functions, gamma functions, Hurwitz zeta, Bessel.
//
// Narrow floats compute in f32. Coefficients: Cephes (Moshier) for erfc, Lanczos' approximation
// with g = 7 and nine terms (Godfrey) for the gamma family, Giles for the inverse error function;
// Chebyshev series for the Bessel function, in x/4 - 1 to 8 and in 16/x - 1 from there.
#include <cmath>
#include <limits>
#include <numbers>

#include "importers/stablehlo/op_table.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

using Direction = ir::ComparisonDirection;

// An instruction that arithmetic can be written with. All have one shape; numbers take it.
class Expr {
 public:
  Expr(Emitter& emitter, InstructionId id) : emitter_(&emitter), id_(id) {}

  InstructionId id() const { return id_; }
  Emitter& emitter() const { return *emitter_; }
  Expr Of(double value) const { return {*emitter_, emitter_->Like(id_, value)}; }
  Expr Apply(OpCode opcode) const { return {*emitter_, emitter_->Add(opcode, {id_})}; }
  Expr Apply(OpCode opcode, Expr other) const {
    return {*emitter_, emitter_->Add(opcode, {id_, other.id_})};
  }
  Expr Compare(Direction direction, Expr other) const {
    return {*emitter_, emitter_->Compare(id_, direction, other.id_)};
  }

 private:
  Emitter* emitter_;
  InstructionId id_;
};

Expr operator+(Expr a, Expr b) { return a.Apply(OpCode::kAdd, b); }
Expr operator-(Expr a, Expr b) { return a.Apply(OpCode::kSubtract, b); }
Expr operator*(Expr a, Expr b) { return a.Apply(OpCode::kMultiply, b); }
Expr operator/(Expr a, Expr b) { return a.Apply(OpCode::kDivide, b); }
Expr operator+(Expr a, double b) { return a + a.Of(b); }
Expr operator-(Expr a, double b) { return a - a.Of(b); }
Expr operator*(Expr a, double b) { return a * a.Of(b); }
Expr operator/(Expr a, double b) { return a / a.Of(b); }
Expr operator-(double a, Expr b) { return b.Of(a) - b; }
Expr operator/(double a, Expr b) { return b.Of(a) / b; }
Expr operator-(Expr a) { return a.Apply(OpCode::kNegate); }
Expr operator<(Expr a, double b) { return a.Compare(Direction::kLt, a.Of(b)); }
Expr operator>(Expr a, double b) { return a.Compare(Direction::kGt, a.Of(b)); }
Expr operator==(Expr a, Expr b) { return a.Compare(Direction::kEq, b); }
Expr operator&&(Expr a, Expr b) { return a.Apply(OpCode::kAnd, b); }
Expr operator||(Expr a, Expr b) { return a.Apply(OpCode::kOr, b); }
Expr Select(Expr condition, Expr a, Expr b) {
  Emitter& e = condition.emitter();
  return {e, e.Add(OpCode::kSelect, {condition.id(), a.id(), b.id()})};
}
Expr Abs(Expr x) { return x.Apply(OpCode::kAbs); }
Expr Exp(Expr x) { return x.Apply(OpCode::kExponential); }
Expr Log(Expr x) { return x.Apply(OpCode::kLog); }
Expr Log1p(Expr x) { return x.Apply(OpCode::kLogPlusOne); }
Expr Sqrt(Expr x) { return x.Apply(OpCode::kSqrt); }
Expr Floor(Expr x) { return x.Apply(OpCode::kFloor); }
Expr Sine(Expr x) { return x.Apply(OpCode::kSine); }
Expr Erf(Expr x) { return x.Apply(OpCode::kErf); }
Expr Power(Expr x, Expr y) { return x.Apply(OpCode::kPower, y); }

bool IsDouble(Expr x) {
  return x.emitter().Ok(x.id()) &&
         x.emitter().shape(x.id()).element_type() == ir::ElementType::kF64;
}

// Coefficients from the highest power down.
Expr Polynomial(Expr x, absl::Span<const double> coefficients) {
  Expr sum = x.Of(coefficients[0]);
  for (double c : coefficients.subspan(1)) sum = sum * x + c;
  return sum;
}

// Half the first coefficient, then those of T1, T2, …
Expr Chebyshev(Expr x, absl::Span<const double> coefficients) {
  Expr twice = x * 2.0;
  Expr b0 = x.Of(0), b1 = x.Of(0), b2 = x.Of(0);
  for (size_t i = coefficients.size(); i-- > 0;) {
    b2 = b1;
    b1 = b0;
    b0 = twice * b1 - b2 + coefficients[i];
  }
  return (b0 - b2) * 0.5;
}

// --- Error functions ---

constexpr double kErfcP[] = {
    2.46196981473530512524e-10, 5.64189564831068821977e-1, 7.46321056442269912687e0,
    4.86371970985681366614e1,   1.96520832956077098242e2,  5.26445194995477358631e2,
    9.34528527171957607540e2,   1.02755188689515710272e3,  5.57535335369399327526e2};
constexpr double kErfcQ[] = {1.0,
                             1.32281951154744992508e1,
                             8.67072140885989742329e1,
                             3.54937778887819891062e2,
                             9.75708501743205489753e2,
                             1.82390916687909736289e3,
                             2.24633760818710981792e3,
                             1.65666309194161350182e3,
                             5.57535340817727675546e2};
constexpr double kErfcR[] = {5.64189583547755073984e-1, 1.27536670759978104416e0,
                             5.01905042251180477414e0,  6.16021097993053585195e0,
                             7.40974269950448939160e0,  2.97886665372100240670e0};
constexpr double kErfcS[] = {1.0,
                             2.26052863220117276590e0,
                             9.39603524938001434673e0,
                             1.20489539808096656605e1,
                             1.70814450747565897222e1,
                             9.60896809063285878198e0,
                             3.36907645100081516050e0};

Expr Erfc(Expr x) {
  Expr size = Abs(x);
  Expr near = Polynomial(size, kErfcP) / Polynomial(size, kErfcQ);
  Expr far = Polynomial(size, kErfcR) / Polynomial(size, kErfcS);
  Expr tail = Exp(-(x * x)) * Select(size < 8.0, near, far);
  // The quotient of two infinities is no tail.
  tail = Select(size > 30.0, x.Of(0), tail);
  Expr outer = Select(x < 0.0, 2.0 - tail, tail);
  return Select(size < 1.0, 1.0 - Erf(x), outer);
}

constexpr double kErfInvCenter[] = {2.81022636e-08,  3.43273939e-07, -3.5233877e-06,
                                    -4.39150654e-06, 0.00021858087,  -0.00125372503,
                                    -0.00417768164,  0.246640727,    1.50140941};
constexpr double kErfInvTail[] = {-0.000200214257, 0.000100950558, 0.00134934322,
                                  -0.00367342844,  0.00573950773,  -0.0076224613,
                                  0.00943887047,   1.00167406,     2.83297682};

Expr ErfInv(Expr x) {
  Expr w = -Log1p(-(x * x));
  Expr center = Polynomial(w - 2.5, kErfInvCenter);
  Expr tail = Polynomial(Sqrt(w) - 3.0, kErfInvTail);
  Expr y = Select(w < 5.0, center, tail) * x;
  if (IsDouble(x)) {
    // Two steps of Halley's method on erfc, which keeps its digits in the tail.
    const double scale = 2 / std::sqrt(std::numbers::pi);
    Expr size = Abs(x);
    Expr r = Abs(y);
    for (int step = 0; step < 2; ++step) {
      Expr error = (1.0 - size) - Erfc(r);
      Expr newton = error / (Exp(-(r * r)) * scale);
      r = r - newton / (r * newton + 1.0);
    }
    y = Select(x < 0.0, -r, r);
  }
  Expr infinite = Abs(x) == x.Of(1.0);
  return Select(infinite, x * std::numeric_limits<double>::infinity(), y);
}

// --- Gamma functions ---

constexpr double kLanczosG = 7;
constexpr double kLanczosBase = 0.99999999999980993227684700473478;
constexpr double kLanczos[] = {
    676.520368121885098567009190444019, -1259.13921672240287047156078755283,
    771.3234287776530788486528258894,   -176.61502916214059906584551354,
    12.507343278686904814458936853,     -0.13857109526572011689554707,
    9.984369578019570859563e-6,         1.50563273514931155834e-7};

struct LanczosSum {
  Expr sum;
  Expr derivative;
};

// Of z >= -1/2: the series and its derivative.
LanczosSum Lanczos(Expr z) {
  LanczosSum out{z.Of(kLanczosBase), z.Of(0)};
  for (size_t i = 0; i < std::size(kLanczos); ++i) {
    Expr term = z + static_cast<double>(i + 1);
    out.sum = out.sum + kLanczos[i] / term;
    out.derivative = out.derivative - kLanczos[i] / (term * term);
  }
  return out;
}

Expr Lgamma(Expr x) {
  Expr reflect = x < 0.5;
  Expr z = Select(reflect, -x, x - 1.0);
  const double half = kLanczosG + 0.5;
  Expr t = z + half;
  Expr log_t = Log1p(z / half) + std::log(half);
  Expr y = (z + 0.5 - t / log_t) * log_t + Log(Lanczos(z).sum) + std::log(2 * std::numbers::pi) / 2;
  // log(pi / |sin(pi x)|) - y; the sine of the distance to the nearest integer keeps its digits.
  Expr size = Abs(x);
  Expr fraction = size - Floor(size);
  Expr nearest = Select(fraction > 0.5, 1.0 - fraction, fraction);
  Expr log_sine = Log(Sine(nearest * std::numbers::pi));
  Expr finite_sine = log_sine.Apply(OpCode::kIsFinite);
  Expr reflected = Select(finite_sine, std::log(std::numbers::pi) - log_sine - y, -log_sine);
  const double infinity = std::numeric_limits<double>::infinity();
  return Select(size == x.Of(infinity), x.Of(infinity), Select(reflect, reflected, y));
}

Expr Digamma(Expr x) {
  Expr reflect = x < 0.5;
  Expr z = Select(reflect, -x, x - 1.0);
  const double half = kLanczosG + 0.5;
  Expr log_t = Log1p(z / half) + std::log(half);
  LanczosSum lanczos = Lanczos(z);
  Expr y = log_t + lanczos.derivative / lanczos.sum - kLanczosG / (z + half);
  // -pi/tan(pi x); the argument is reduced to |.| <= 1/2.
  Expr reduced = x + Abs(Floor(x + 0.5));
  Expr angle = reduced * std::numbers::pi;
  Expr cotangent = angle.Apply(OpCode::kCosine) / Sine(angle);
  Expr reflected = y - cotangent * std::numbers::pi;
  Expr pole = (x.Compare(Direction::kLe, x.Of(0))) && (x == Floor(x));
  Expr value = Select(reflect, reflected, y);
  return Select(pole, x.Of(std::numeric_limits<double>::quiet_NaN()), value);
}

// Hurwitz: sum of (q + i)^-x. Terms to 8, then Euler and Maclaurin's formula.
Expr Zeta(Expr x, Expr q) {
  // (2k)! / B2k
  constexpr double kBernoulli[] = {12.0,
                                   -720.0,
                                   30240.0,
                                   -1209600.0,
                                   47900160.0,
                                   -1.8924375803183791606e9,
                                   7.47242496e10,
                                   -2.950130727918164224e12,
                                   1.1646782814350067249e14,
                                   -4.5979787224074726105e15,
                                   1.8152105401943546773e17,
                                   -7.1661652561756670113e18};
  Expr sum = Power(q, -x);
  Expr a = q;
  Expr term = sum;
  for (int i = 0; i < 9; ++i) {
    a = a + 1.0;
    term = Power(a, -x);
    sum = sum + term;
  }
  sum = sum + term * a / (x - 1.0) - term * 0.5;
  Expr factor = x.Of(1);
  Expr power = term;
  double k = 0;
  for (double bernoulli : kBernoulli) {
    factor = factor * (x + k);
    power = power / a;
    sum = sum + factor * power / bernoulli;
    k += 1;
    factor = factor * (x + k);
    power = power / a;
    k += 1;
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  Expr at_pole = (q.Compare(Direction::kLe, q.Of(0))) && (q == Floor(q));
  Expr even = x == Floor(x * 0.5) * 2.0;
  Expr pole = Select(even && (x == Floor(x)), x.Of(infinity), x.Of(nan));
  Expr undefined = (x < 1.0) || ((q < 0.0) && (Floor(x).Compare(Direction::kNe, x)));
  sum = Select(at_pole, pole, sum);
  sum = Select(undefined, x.Of(nan), sum);
  return Select(x == x.Of(1), x.Of(infinity), sum);
}

Expr Polygamma(Expr n, Expr x) {
  Expr order = n + 1.0;
  Expr odd = Floor(order * 0.5) * 2.0 == order;
  Expr sign = Select(odd, n.Of(1), n.Of(-1));
  Expr general = sign * Exp(Lgamma(order)) * Zeta(order, x);
  Expr value = Select(n == n.Of(0), Digamma(x), general);
  Expr valid = (n == Floor(n)) && n.Compare(Direction::kGe, n.Of(0));
  return Select(valid, value, n.Of(std::numeric_limits<double>::quiet_NaN()));
}

// --- Bessel ---

constexpr double kBesselSmall[] = {
    0.25258718644363515,    -0.17641651835783553,   0.10264365868984857,    -0.05294598120809645,
    0.024726449030627956,   -0.01056408489462762,   0.004156422944314292,   -0.001513572450632637,
    0.0005122859561699401,  -0.0001617608158272416, 4.7815651076825864e-05, -1.3273163657345215e-05,
    3.470251309423906e-06,  -8.568720277362184e-07, 2.00329476602325e-07,   -4.445059251551205e-08,
    9.381538594469083e-09,  -1.887250940116672e-09, 3.625601969635319e-10,  -6.663604645558516e-11,
    1.1737315923333012e-11, -1.985084424854615e-12, 3.2346975846562346e-13, -5.149266700966299e-14,
    8.651881836831132e-15,  -2.1371725461398483e-15};

constexpr double kBesselLarge[] = {
    0.7785762350182801,      -0.009761097491361437,   -0.00011058893876265577,
    -3.8825648088456185e-06, -2.512236238191087e-07,  -2.6314688436783538e-08,
    -3.835380418100168e-09,  -5.589743140550036e-10,  -1.897499031442145e-11,
    3.2526068036858866e-11,  1.41257752043556e-11,    2.035660810924267e-12,
    -7.19887484703258e-13,   -4.0832276253753574e-13, -2.1047800072390882e-14,
    4.275682455659457e-14,   1.0387790989527506e-14,  -3.781859807955312e-15,
    -1.912942596210901e-15,  3.634679363040405e-16,   2.6353702206605154e-16,
    7.155734338404329e-19};

// exp(-|x|) I1(x)
Expr BesselI1e(Expr x) {
  Expr size = Abs(x);
  Expr small = size * Chebyshev(size / 4.0 - 1.0, kBesselSmall);
  Expr large = Chebyshev(16.0 / size - 1.0, kBesselLarge) / Sqrt(size);
  Expr value = Select(size.Compare(Direction::kLe, size.Of(8)), small, large);
  return Select(x < 0.0, -value, value);
}

Expr Atan(Expr x) { return x.Apply(OpCode::kAtan2, x.Of(1)); }

// --- The table ---

// f8, f16 and bf16 compute in f32.
ir::ElementType ComputeType(ir::ElementType type) {
  return ir::BitWidth(type) < 32 ? ir::ElementType::kF32 : type;
}

template <Expr (*function)(Expr)>
absl::Status Unary(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  InstructionId x = e.Value(op.operands[0]);
  if (!e.Ok(x)) return e.status();
  const ir::ElementType type = e.shape(x).element_type();
  if (!ir::IsFloat(type)) return base::Unimplemented("elements of type %s", ir::Name(type));
  Expr result = function(Expr(e, e.Convert(x, ComputeType(type))));
  e.BindResults(op, e.Convert(result.id(), type));
  return absl::OkStatus();
}

template <Expr (*function)(Expr, Expr)>
absl::Status Binary(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  InstructionId x = e.Value(op.operands[0]), y = e.Value(op.operands[1]);
  if (!e.Ok(x) || !e.Ok(y)) return e.status();
  const ir::ElementType type = e.shape(x).element_type();
  if (!ir::IsFloat(type)) return base::Unimplemented("elements of type %s", ir::Name(type));
  Expr result =
      function(Expr(e, e.Convert(x, ComputeType(type))), Expr(e, e.Convert(y, ComputeType(type))));
  e.BindResults(op, e.Convert(result.id(), type));
  return absl::OkStatus();
}

// atan z = (log(1 + iz) - log(1 - iz)) / 2i = -i atanh(iz).
absl::Status ComplexAtan(Emitter& e, const mlir::Operation& op) {
  InstructionId x = e.Value(op.operands.at(0));
  InstructionId real = e.Add(OpCode::kReal, {x}), imag = e.Add(OpCode::kImag, {x});
  InstructionId turned = e.Add(OpCode::kComplex, {e.Add(OpCode::kNegate, {imag}), real});
  InstructionId value = e.Add(OpCode::kAtanh, {turned});
  InstructionId back = e.Add(
      OpCode::kComplex,
      {e.Add(OpCode::kImag, {value}), e.Add(OpCode::kNegate, {e.Add(OpCode::kReal, {value})})});
  e.BindResults(op, back);
  return absl::OkStatus();
}

absl::Status AtanOf(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  InstructionId x = e.Value(op.operands[0]);
  if (!e.Ok(x)) return e.status();
  if (ir::IsComplex(e.shape(x).element_type())) return ComplexAtan(e, op);
  return Unary<Atan>(e, op);
}

}  // namespace

absl::Span<const OpEntry> ChloMathOps() {
  static constexpr OpEntry kEntries[] = {
      {"atan", AtanOf},
      {"bessel_i1e", Unary<BesselI1e>},
      {"digamma", Unary<Digamma>},
      {"erf_inv", Unary<ErfInv>},
      {"erfc", Unary<Erfc>},
      {"lgamma", Unary<Lgamma>},
      {"polygamma", Binary<Polygamma>},
      {"zeta", Binary<Zeta>},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
