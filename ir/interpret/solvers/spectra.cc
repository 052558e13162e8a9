#include "ir/interpret/solvers/spectra.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ir/interpret/solvers/lapack.h"
#include "ir/interpret/solvers/solver_call.h"

namespace eqsat::ir {
namespace {

using lapack::kIsComplex;
using lapack::Leading;
using lapack::Real;

// --- Hermitian matrices --------------------------------------------------------------------------

template <typename T>
void SolveHermitian(SolverCall& s, bool lower) {
  const int64_t n = s.rows(0);
  s.Expect(s.columns(0) == n);
  const bool vectors = ConfigInteger(s.call().backend_config, "mode", 'V') == 'V';
  for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
    std::vector<T> a = s.Matrix<T>(0, i);
    std::vector<Real<T>> values(n);
    const lapack_int info = lapack::Heevd<T>(vectors ? 'V' : 'N', lower ? 'L' : 'U', n, a.data(),
                                             Leading(n), values.data());
    s.SetMatrix(0, i, n, a);
    s.SetVector(1, i, values);
    if (s.HasPart(2)) s.SetInfo(2, i, info);
  }
}

template <typename T>
struct SyevdRoutine {
  static void Run(SolverCall& s) { SolveHermitian<T>(s, IsLower(s.call().backend_config)); }
};

// The configuration begins with whether the lower triangle is meant: `1,1,15,0.000010`.
template <typename T>
struct EighRoutine {
  static void Run(SolverCall& s) {
    SolveHermitian<T>(s, !s.call().backend_config.starts_with('0'));
  }
};

template <typename T>
struct SytrdRoutine {
  static void Run(SolverCall& s) {
    const int64_t n = s.rows(s.matrix()), beside = std::max<int64_t>(n - 1, 0);
    s.Expect(s.columns(s.matrix()) == n);
    const bool lower = s.HasScalars() ? s.Choice("", 1, 1) != 0 : IsLower(s.call().backend_config);
    const char triangle = lower ? 'L' : 'U';
    for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
      std::vector<T> a = s.Matrix<T>(s.matrix(), i), factors(beside);
      std::vector<Real<T>> diagonal(n), next(beside);
      const lapack_int info = lapack::Hetrd<T>(triangle, n, a.data(), Leading(n), diagonal.data(),
                                               next.data(), factors.data());
      s.SetMatrix(0, i, n, a);
      s.SetVector(1, i, diagonal);
      s.SetVector(2, i, next);
      s.SetVector(3, i, factors);
      s.SetInfo(4, i, info);
    }
  }
};

// --- Matrices of any kind ------------------------------------------------------------------------

// LAPACK's vectors of a real matrix: where eigenvalues are a conjugate pair, the real parts of the
// first's vector and then the imaginary parts.
template <typename R>
std::vector<std::complex<R>> Unpacked(const std::vector<R>& packed,
                                      const std::vector<R>& imaginary) {
  const size_t n = imaginary.size();
  std::vector<std::complex<R>> out(packed.begin(), packed.end());
  for (size_t j = 0; j + 1 < n; ++j) {
    if (!(imaginary[j] > 0)) continue;
    for (size_t i = 0; i < n; ++i) {
      const R real = packed[j * n + i], other = packed[(j + 1) * n + i];
      out[j * n + i] = {real, other};
      out[(j + 1) * n + i] = {real, -other};
    }
    ++j;
  }
  return out;
}

template <typename T>
struct GeevRoutine {
  static void Run(SolverCall& s) {
    const int64_t n = s.rows(s.matrix());
    s.Expect(s.columns(s.matrix()) == n);
    const auto left = static_cast<char>(s.Choice("compute_left", 2, 'V'));
    const auto right = static_cast<char>(s.Choice("compute_right", 3, 'V'));
    // Behind what was room to work in.
    const size_t part = !s.HasScalars() ? 0 : kIsComplex<T> ? 2 : 3;
    s.Expect((left == 'V' || left == 'N') && (right == 'V' || right == 'N'));
    for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
      std::vector<T> a = s.Matrix<T>(s.matrix(), i), values(n), lefts(n * n), rights(n * n);
      lapack_int info = 0;
      if constexpr (kIsComplex<T>) {
        info = lapack::Geev<T>(left, right, n, a.data(), Leading(n), values.data(), lefts.data(),
                               Leading(n), rights.data(), Leading(n));
        s.SetVector(part, i, values);
        s.SetMatrix(part + 1, i, n, lefts);
        s.SetMatrix(part + 2, i, n, rights);
      } else {
        std::vector<T> imaginary(n);
        info =
            lapack::Geev<T>(left, right, n, a.data(), Leading(n), values.data(), imaginary.data(),
                            lefts.data(), Leading(n), rights.data(), Leading(n));
        s.SetVector(part, i, values);
        s.SetVector(part + 1, i, imaginary);
        s.SetMatrix(part + 2, i, n, Unpacked(lefts, imaginary));
        s.SetMatrix(part + 3, i, n, Unpacked(rights, imaginary));
      }
      s.SetInfo(part + (kIsComplex<T> ? 3 : 4), i, info);
    }
  }
};

template <typename T>
struct GeesRoutine {
  static void Run(SolverCall& s) {
    const int64_t n = s.rows(s.matrix());
    const auto mode = static_cast<char>(s.Choice("mode", 2, 'V'));
    // A selection would be a function.
    s.Expect(s.columns(s.matrix()) == n && s.Choice("sort", 3, 'N') == 'N' &&
             (mode == 'V' || mode == 'N'));
    const size_t vectors_part = s.HasScalars() ? 3 : 1;
    const size_t values_part = !s.HasScalars() || kIsComplex<T> ? 2 : 1;
    for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
      std::vector<T> a = s.Matrix<T>(s.matrix(), i), values(n), imaginary(n), vectors(n * n);
      lapack_int selected = 0, info = 0;
      if constexpr (kIsComplex<T>) {
        info = lapack::Gees<T>(mode, 'N', nullptr, n, a.data(), Leading(n), &selected,
                               values.data(), vectors.data(), Leading(n));
      } else {
        info = lapack::Gees<T>(mode, 'N', nullptr, n, a.data(), Leading(n), &selected,
                               values.data(), imaginary.data(), vectors.data(), Leading(n));
      }
      s.SetMatrix(0, i, n, a);
      s.SetMatrix(vectors_part, i, n, vectors);
      s.SetVector(values_part, i, values);
      if (!kIsComplex<T>) s.SetVector(values_part + 1, i, imaginary);
      const size_t rest = s.HasScalars() || !kIsComplex<T> ? 4 : 3;
      s.SetInfo(rest, i, selected);
      s.SetInfo(rest + 1, i, info);
    }
  }
};

template <typename T>
struct GehrdRoutine {
  static void Run(SolverCall& s) {
    const int64_t n = s.rows(s.matrix());
    const int64_t low = s.Choice("low", 1, 1), high = s.Choice("high", 2, n);
    s.Expect(s.columns(s.matrix()) == n && 1 <= low && low <= std::max<int64_t>(n, 1) &&
             std::min(low, n) <= high && high <= n);
    for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
      std::vector<T> a = s.Matrix<T>(s.matrix(), i), factors(std::max<int64_t>(n - 1, 0));
      const lapack_int info = lapack::Gehrd<T>(n, low, high, a.data(), Leading(n), factors.data());
      s.SetMatrix(0, i, n, a);
      s.SetVector(1, i, factors);
      s.SetInfo(2, i, info);
    }
  }
};

// --- Singular values -----------------------------------------------------------------------------

// How much of u and v is asked for.
enum class Vectors : char { kNone = 'N', kThin = 'S', kAll = 'A' };

Vectors VectorsOf(const SolverCall& s) {
  const std::string_view config = s.call().backend_config;
  if (!ConfigText(config, "mode").empty())
    return static_cast<Vectors>(ConfigInteger(config, "mode", 'A'));
  if (!ConfigFlag(config, "compute_uv", true)) return Vectors::kNone;
  if (!ConfigText(config, "full_matrices").empty())
    return ConfigFlag(config, "full_matrices", true) ? Vectors::kAll : Vectors::kThin;
  // HLO text of 2024 leaves out such configurations: then the sizes tell.
  const int64_t m = s.rows(0), n = s.columns(0);
  return s.PartSize(2) == m * m && s.PartSize(3) == n * n ? Vectors::kAll : Vectors::kThin;
}

template <typename T>
struct Svd {
  int64_t m, n;
  std::vector<T> a, u, vh;
  std::vector<Real<T>> values;
  lapack_int info = 0;

  int64_t u_columns(Vectors vectors) const {
    return vectors == Vectors::kNone ? 0 : vectors == Vectors::kAll ? m : std::min(m, n);
  }
  int64_t vh_rows(Vectors vectors) const {
    return vectors == Vectors::kNone ? 0 : vectors == Vectors::kAll ? n : std::min(m, n);
  }
  void Compute(Vectors vectors, bool divide_and_conquer) {
    const auto job = static_cast<char>(vectors);
    u.resize(m * u_columns(vectors));
    vh.resize(vh_rows(vectors) * n);
    values.resize(std::min(m, n));
    if (divide_and_conquer) {
      info = lapack::Gesdd<T>(job, m, n, a.data(), Leading(m), values.data(), u.data(), Leading(m),
                              vh.data(), Leading(vh_rows(vectors)));
    } else {
      std::vector<Real<T>> scratch(std::max<int64_t>(values.size(), 1));
      info = lapack::Gesvd<T>(job, job, m, n, a.data(), Leading(m), values.data(), u.data(),
                              Leading(m), vh.data(), Leading(vh_rows(vectors)), scratch.data());
    }
  }
  // The v of its adjoint, which has as many columns as that has rows.
  std::vector<T> V() const {
    const int64_t rows = n == 0 ? 0 : static_cast<int64_t>(vh.size()) / n;
    std::vector<T> v(vh.size());
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < n; ++j) {
        const T element = vh[j * rows + i];
        if constexpr (kIsComplex<T>) {
          v[i * n + j] = std::conj(element);
        } else {
          v[i * n + j] = element;
        }
      }
    }
    return v;
  }
};

enum class SvdForm { kDivideAndConquer, kQr, kJacobi };

template <typename T, SvdForm form>
void SolveSingular(SolverCall& s) {
  const std::string_view config = s.call().backend_config;
  const Vectors vectors = VectorsOf(s);
  s.Expect(vectors == Vectors::kNone || vectors == Vectors::kThin || vectors == Vectors::kAll);
  // GPUs' libraries want tall matrices: of a wide one the adjoint is meant, and u and vᴴ change
  // places.
  const bool swaps = form != SvdForm::kJacobi && ConfigFlag(config, "transposed", false);
  const size_t u_part = swaps ? 3 : 2, v_part = swaps ? 2 : 3;
  for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
    Svd<T> svd{.m = s.rows(0), .n = s.columns(0), .a = s.Matrix<T>(0, i)};
    svd.Compute(vectors, form == SvdForm::kDivideAndConquer);
    s.SetMatrix(0, i, svd.m, svd.a);
    s.SetVector(1, i, svd.values);
    if (vectors != Vectors::kNone) {
      s.SetMatrix(u_part, i, svd.m, svd.u);
      if (form == SvdForm::kJacobi) {
        s.SetMatrix(v_part, i, svd.n, svd.V());
      } else {
        s.SetMatrix(v_part, i, svd.vh_rows(vectors), svd.vh);
      }
    }
    s.SetInfo(4, i, svd.info);
  }
}

template <typename T>
struct GesddRoutine {
  static void Run(SolverCall& s) { SolveSingular<T, SvdForm::kDivideAndConquer>(s); }
};
template <typename T>
struct GesvdRoutine {
  static void Run(SolverCall& s) { SolveSingular<T, SvdForm::kQr>(s); }
};
template <typename T>
struct GesvdjRoutine {
  static void Run(SolverCall& s) { SolveSingular<T, SvdForm::kJacobi>(s); }
};

}  // namespace

absl::StatusOr<Literal> Syevd(const OpCall& call) { return Solve<SyevdRoutine>(call); }
absl::StatusOr<Literal> Eigh(const OpCall& call) { return Solve<EighRoutine>(call); }
absl::StatusOr<Literal> Sytrd(const OpCall& call) { return SolveLast<SytrdRoutine>(call); }
absl::StatusOr<Literal> Geev(const OpCall& call) { return SolveLast<GeevRoutine>(call); }
absl::StatusOr<Literal> Gees(const OpCall& call) { return SolveLast<GeesRoutine>(call); }
absl::StatusOr<Literal> Gehrd(const OpCall& call) { return SolveLast<GehrdRoutine>(call); }
absl::StatusOr<Literal> Gesdd(const OpCall& call) { return Solve<GesddRoutine>(call); }
absl::StatusOr<Literal> Gesvd(const OpCall& call) { return Solve<GesvdRoutine>(call); }
absl::StatusOr<Literal> Gesvdj(const OpCall& call) { return Solve<GesvdjRoutine>(call); }

}  // namespace eqsat::ir
