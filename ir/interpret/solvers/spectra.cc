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
    const int64_t n = s.rows(0), beside = std::max<int64_t>(n - 1, 0);
    s.Expect(s.columns(0) == n);
    const char triangle = IsLower(s.call().backend_config) ? 'L' : 'U';
    for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
      std::vector<T> a = s.Matrix<T>(0, i), factors(beside);
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
    const int64_t n = s.rows(0);
    s.Expect(s.columns(0) == n);
    const std::string_view config = s.call().backend_config;
    const auto left = static_cast<char>(ConfigInteger(config, "compute_left", 'V'));
    const auto right = static_cast<char>(ConfigInteger(config, "compute_right", 'V'));
    s.Expect((left == 'V' || left == 'N') && (right == 'V' || right == 'N'));
    for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
      std::vector<T> a = s.Matrix<T>(0, i), values(n), lefts(n * n), rights(n * n);
      lapack_int info = 0;
      if constexpr (kIsComplex<T>) {
        info = lapack::Geev<T>(left, right, n, a.data(), Leading(n), values.data(), lefts.data(),
                               Leading(n), rights.data(), Leading(n));
        s.SetVector(0, i, values);
        s.SetMatrix(1, i, n, lefts);
        s.SetMatrix(2, i, n, rights);
      } else {
        std::vector<T> imaginary(n);
        info =
            lapack::Geev<T>(left, right, n, a.data(), Leading(n), values.data(), imaginary.data(),
                            lefts.data(), Leading(n), rights.data(), Leading(n));
        s.SetVector(0, i, values);
        s.SetVector(1, i, imaginary);
        s.SetMatrix(2, i, n, Unpacked(lefts, imaginary));
        s.SetMatrix(3, i, n, Unpacked(rights, imaginary));
      }
      s.SetInfo(kIsComplex<T> ? 3 : 4, i, info);
    }
  }
};

template <typename T>
struct GeesRoutine {
  static void Run(SolverCall& s) {
    const int64_t n = s.rows(0);
    const std::string_view config = s.call().backend_config;
    const auto mode = static_cast<char>(ConfigInteger(config, "mode", 'V'));
    // A selection would be a function.
    s.Expect(s.columns(0) == n && ConfigInteger(config, "sort", 'N') == 'N' &&
             (mode == 'V' || mode == 'N'));
    for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
      std::vector<T> a = s.Matrix<T>(0, i), values(n), imaginary(n), vectors(n * n);
      lapack_int selected = 0, info = 0;
      if constexpr (kIsComplex<T>) {
        info = lapack::Gees<T>(mode, 'N', nullptr, n, a.data(), Leading(n), &selected,
                               values.data(), vectors.data(), Leading(n));
      } else {
        info = lapack::Gees<T>(mode, 'N', nullptr, n, a.data(), Leading(n), &selected,
                               values.data(), imaginary.data(), vectors.data(), Leading(n));
      }
      size_t part = 0;
      s.SetMatrix(part++, i, n, a);
      s.SetMatrix(part++, i, n, vectors);
      s.SetVector(part++, i, values);
      if (!kIsComplex<T>) s.SetVector(part++, i, imaginary);
      s.SetInfo(part++, i, selected);
      s.SetInfo(part++, i, info);
    }
  }
};

template <typename T>
struct GehrdRoutine {
  static void Run(SolverCall& s) {
    const int64_t n = s.rows(0);
    const int64_t low = ConfigInteger(s.call().backend_config, "low", 1);
    const int64_t high = ConfigInteger(s.call().backend_config, "high", n);
    s.Expect(s.columns(0) == n && 1 <= low && low <= std::max<int64_t>(n, 1) &&
             std::min(low, n) <= high && high <= n);
    for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
      std::vector<T> a = s.Matrix<T>(0, i), factors(std::max<int64_t>(n - 1, 0));
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

Vectors VectorsOf(std::string_view config) {
  if (!ConfigText(config, "mode").empty())
    return static_cast<Vectors>(ConfigInteger(config, "mode", 'A'));
  if (!ConfigFlag(config, "compute_uv", true)) return Vectors::kNone;
  return ConfigFlag(config, "full_matrices", true) ? Vectors::kAll : Vectors::kThin;
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
  const Vectors vectors = VectorsOf(config);
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
absl::StatusOr<Literal> Sytrd(const OpCall& call) { return Solve<SytrdRoutine>(call); }
absl::StatusOr<Literal> Geev(const OpCall& call) { return Solve<GeevRoutine>(call); }
absl::StatusOr<Literal> Gees(const OpCall& call) { return Solve<GeesRoutine>(call); }
absl::StatusOr<Literal> Gehrd(const OpCall& call) { return Solve<GehrdRoutine>(call); }
absl::StatusOr<Literal> Gesdd(const OpCall& call) { return Solve<GesddRoutine>(call); }
absl::StatusOr<Literal> Gesvd(const OpCall& call) { return Solve<GesvdRoutine>(call); }
absl::StatusOr<Literal> Gesvdj(const OpCall& call) { return Solve<GesvdjRoutine>(call); }

}  // namespace eqsat::ir
