// The version, from CMakeLists.txt.
#ifndef EQSAT_TOOLS_VERSION_H_
#define EQSAT_TOOLS_VERSION_H_

namespace eqsat::tools {

inline constexpr char kVersion[] = EQSAT_VERSION;

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_VERSION_H_
