// Random bits that a key and a counter determine, as in J. Salmon, M. Moraes, R. Dror and D. Shaw,
// "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
#ifndef EQSAT_IR_INTERPRET_COUNTER_RANDOM_H_
#define EQSAT_IR_INTERPRET_COUNTER_RANDOM_H_

#include <array>
#include <cstdint>

namespace eqsat::ir {

// ThreeFry-2x32 with 20 rounds.
inline std::array<uint32_t, 2> ThreeFry(uint64_t key, uint64_t counter) {
  constexpr std::array<int, 8> kRotations = {13, 15, 26, 6, 17, 29, 16, 24};
  constexpr uint32_t kParity = 0x1bd11bda;
  const auto low = static_cast<uint32_t>(key);
  const auto high = static_cast<uint32_t>(key >> 32);
  const std::array<uint32_t, 3> keys = {low, high, low ^ high ^ kParity};
  uint32_t x = static_cast<uint32_t>(counter) + keys[0];
  uint32_t y = static_cast<uint32_t>(counter >> 32) + keys[1];
  for (uint32_t group = 0; group < 5; ++group) {
    for (int i = 0; i < 4; ++i) {
      const int rotation = kRotations[group % 2 * 4 + i];
      x += y;
      y = (y << rotation | y >> (32 - rotation)) ^ x;
    }
    x += keys[(group + 1) % 3];
    y += keys[(group + 2) % 3] + group + 1;
  }
  return {x, y};
}

// Philox-4x32 with 10 rounds.
inline std::array<uint32_t, 4> Philox(uint64_t key, __uint128_t counter) {
  auto word = [counter](int i) { return static_cast<uint32_t>(counter >> (32 * i)); };
  std::array<uint32_t, 4> x = {word(0), word(1), word(2), word(3)};
  auto low = static_cast<uint32_t>(key);
  auto high = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = uint64_t{0xd2511f53} * x[0];
    const uint64_t b = uint64_t{0xcd9e8d57} * x[2];
    x = {static_cast<uint32_t>(b >> 32) ^ x[1] ^ low, static_cast<uint32_t>(b),
         static_cast<uint32_t>(a >> 32) ^ x[3] ^ high, static_cast<uint32_t>(a)};
    low += 0x9e3779b9;
    high += 0xbb67ae85;
  }
  return x;
}

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_COUNTER_RANDOM_H_
