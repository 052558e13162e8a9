#include "ir/interpret/solvers/solvers.h"

#include <map>

#include "ir/interpret/householder.h"
#include "ir/interpret/solvers/factorizations.h"
#include "ir/interpret/solvers/spectra.h"

namespace eqsat::ir {
namespace {

using Routines = std::map<std::string_view, EvaluateFn>;

EvaluateFn Find(const Routines& routines, std::string_view name) {
  auto found = routines.find(name);
  return found == routines.end() ? nullptr : found->second;
}

// Of LAPACK, by the name behind the type.
EvaluateFn OnCpu(std::string_view name) {
  static const auto* const kRoutines = new Routines{
      {"geev", Geev},
      {"gees", Gees},
      {"gehrd", Gehrd},
      {"sytrd", Sytrd},
      {"hetrd", Sytrd},
      {"geev_ffi", Geev},
      {"gees_ffi", Gees},
      {"gehrd_ffi", Gehrd},
      {"geqp3_ffi", Geqp3},
      {"geqrf_ffi", Geqrf},
      {"gesdd_ffi", Gesdd},
      {"gesvd_ffi", Gesvd},
      {"getrf_ffi", Getrf},
      {"gtsv_ffi", Gtsv},
      {"heevd_ffi", Syevd},
      {"hetrd_ffi", Sytrd},
      {"orgqr_ffi", ProductOfReflectors},
      {"potrf", Potrf},
      {"potrf_ffi", Potrf},
      {"syevd_ffi", Syevd},
      {"sytrd_ffi", Sytrd},
      {"trsm_ffi", Trsm},
      {"ungqr_ffi", ProductOfReflectors},
  };
  return Find(*kRoutines, name);
}

// Of cuSOLVER and cuSPARSE, hipSOLVER and hipSPARSE, by the name behind the library's.
EvaluateFn OnGpu(std::string_view name) {
  static const auto* const kRoutines = new Routines{
      {"geqrf_ffi", Geqrf},
      {"gesdd_ffi", Gesdd},
      {"gesvd_ffi", Gesvd},
      {"gesvdj_ffi", Gesvdj},
      {"getrf_ffi", Getrf},
      {"gtsv2_ffi", Gtsv},
      {"orgqr_ffi", ProductOfReflectors},
      {"potrf_ffi", Potrf},
      {"syevd", Syevd},
      {"syevd_ffi", Syevd},
      {"syevj", Syevd},
      {"sytrd_ffi", Sytrd},
  };
  return Find(*kRoutines, name);
}

// By the whole name.
EvaluateFn OnAny(std::string_view name) {
  static const auto* const kRoutines = new Routines{
      {"Eigh", Eigh},
      {"LuDecomposition", LuDecomposition},
      {"Qr", Geqrf},
      {"cu_lu_pivots_to_permutation", PivotsToPermutation},
      {"hip_lu_pivots_to_permutation", PivotsToPermutation},
  };
  return Find(*kRoutines, name);
}

}  // namespace

EvaluateFn Solver(std::string_view target) {
  const size_t underscore = target.find('_');
  if (underscore == std::string_view::npos) return OnAny(target);
  const std::string_view library = target.substr(0, underscore);
  std::string_view routine = target.substr(underscore + 1);
  if (library == "lapack" || library == "blas") {
    if (routine.empty() || std::string_view("sdcz").find(routine[0]) == std::string_view::npos)
      return nullptr;
    routine.remove_prefix(1);
    if (library == "blas") return routine == "trsm" ? BlasTrsm : nullptr;
    return OnCpu(routine);
  }
  const bool on_gpu = library == "cusolver" || library == "cusparse" || library == "hipsolver" ||
                      library == "hipsparse";
  return on_gpu ? OnGpu(routine) : OnAny(target);
}

}  // namespace eqsat::ir
