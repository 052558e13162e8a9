// Devices that run programs together: replicas × partitions, each on a thread of its own.
//
// What devices exchange is decided by what each of them does and never by which one is faster, so
// results are the same on every run. An error does not stop the other devices: they go on until
// they end or wait for something that can no longer happen, which is an error of theirs.
#ifndef EQSAT_IR_INTERPRET_DEVICE_GRID_H_
#define EQSAT_IR_INTERPRET_DEVICE_GRID_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/interpret/interpreter.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {

class DeviceGrid;

// One device's place in its grid, and what it alone keeps. Used by one thread.
class Device {
 public:
  Device(DeviceGrid& grid, int64_t replica, int64_t partition)
      : grid_(&grid), replica_(replica), partition_(partition) {}

  DeviceGrid& grid() const { return *grid_; }
  int64_t replica() const { return replica_; }
  int64_t partition() const { return partition_; }
  // Replica-major position in the grid.
  int64_t index() const;

  // How often the device has come to `place` before.
  int64_t Visit(const std::string& place) { return visits_[place]++; }
  // A generator state that moves on by `delta`; the value before.
  __uint128_t AdvanceRandomState(__uint128_t delta);

 private:
  DeviceGrid* grid_;
  int64_t replica_;
  int64_t partition_;
  std::map<std::string, int64_t> visits_;
  __uint128_t random_state_ = 0x7012395ull;
};

class DeviceGrid {
 public:
  // More devices are an error where a grid is asked for.
  static constexpr int64_t kMaxDevices = 256;

  // `streams` may be null: then infeeds fail and outfeeds are dropped.
  DeviceGrid(int64_t replicas, int64_t partitions, HostStreams* streams)
      : replicas_(replicas), partitions_(partitions), streams_(streams) {}

  int64_t replicas() const { return replicas_; }
  int64_t partitions() const { return partitions_; }
  int64_t size() const { return replicas_ * partitions_; }

  // Runs program(device) for each device, and returns their results by index, or the error of the
  // first device that failed by itself.
  absl::StatusOr<std::vector<Literal>> Run(
      const std::function<absl::StatusOr<Literal>(Device&)>& program);

  // What every member of `group` (device indices) brings to its visit of `place`, in the group's
  // order. The device is a member. Waits for the others.
  absl::StatusOr<std::vector<Literal>> Exchange(Device& device, const std::string& place,
                                                absl::Span<const int64_t> group, Literal value);

  // First in, first out on each channel. Receive waits.
  void Send(int64_t channel, Literal value);
  absl::StatusOr<Literal> Receive(int64_t channel);

  absl::StatusOr<Literal> Infeed();
  void Outfeed(Literal value);

 private:
  struct Meeting {
    std::vector<std::optional<Literal>> values;
    size_t arrived = 0;
    size_t left = 0;
  };

  // Blocks until ready(), which only other devices can bring about. False: they never will.
  bool Wait(std::unique_lock<std::mutex>& lock, const std::function<bool()>& ready);
  // Ends all waiting if every device that still runs waits in vain.
  void EndIfStuck();

  const int64_t replicas_;
  const int64_t partitions_;
  HostStreams* const streams_;

  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t running_ = 1;  // devices that have not ended
  std::vector<const std::function<bool()>*> waiting_;
  bool stuck_ = false;
  std::map<std::string, Meeting> meetings_;
  std::map<int64_t, std::deque<Literal>> channels_;
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_DEVICE_GRID_H_
