// LAPACK's routines on column-major matrices, by element type.
#ifndef EQSAT_IR_INTERPRET_SOLVERS_LAPACK_H_
#define EQSAT_IR_INTERPRET_SOLVERS_LAPACK_H_

#include <algorithm>
#include <complex>
#include <cstdint>
#include <type_traits>

#define lapack_complex_float std::complex<float>
#define lapack_complex_double std::complex<double>
#include <lapacke.h>

namespace eqsat::ir::lapack {

template <typename T>
struct RealOf {
  using type = T;
};
template <typename T>
struct RealOf<std::complex<T>> {
  using type = T;
};
template <typename T>
using Real = typename RealOf<T>::type;

template <typename T>
inline constexpr bool kIsComplex = !std::is_same_v<T, Real<T>>;

// The distance between columns, which LAPACK wants positive.
inline lapack_int Leading(int64_t rows) {
  return static_cast<lapack_int>(std::max<int64_t>(rows, 1));
}

// `of_real` is the routine's name behind s and d, `of_complex` behind c and z. The arguments are
// those of LAPACKE without the layout.
#define EQSAT_LAPACK(Name, of_real, of_complex)                     \
  template <typename T, typename... Arguments>                      \
  lapack_int Name(Arguments... arguments) {                         \
    if constexpr (std::is_same_v<T, float>)                         \
      return LAPACKE_s##of_real(LAPACK_COL_MAJOR, arguments...);    \
    else if constexpr (std::is_same_v<T, double>)                   \
      return LAPACKE_d##of_real(LAPACK_COL_MAJOR, arguments...);    \
    else if constexpr (std::is_same_v<T, std::complex<float>>)      \
      return LAPACKE_c##of_complex(LAPACK_COL_MAJOR, arguments...); \
    else                                                            \
      return LAPACKE_z##of_complex(LAPACK_COL_MAJOR, arguments...); \
  }
EQSAT_LAPACK(Geev, geev, geev)
EQSAT_LAPACK(Gees, gees, gees)
EQSAT_LAPACK(Gehrd, gehrd, gehrd)
EQSAT_LAPACK(Geqp3, geqp3, geqp3)
EQSAT_LAPACK(Geqrf, geqrf, geqrf)
EQSAT_LAPACK(Gesdd, gesdd, gesdd)
EQSAT_LAPACK(Gesvd, gesvd, gesvd)
EQSAT_LAPACK(Getrf, getrf, getrf)
EQSAT_LAPACK(Gtsv, gtsv, gtsv)
EQSAT_LAPACK(Heevd, syevd, heevd)
EQSAT_LAPACK(Hetrd, sytrd, hetrd)
EQSAT_LAPACK(Potrf, potrf, potrf)
#undef EQSAT_LAPACK

}  // namespace eqsat::ir::lapack

#endif  // EQSAT_IR_INTERPRET_SOLVERS_LAPACK_H_
