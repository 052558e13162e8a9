#include "ir/interpret/device_grid.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::ir {
namespace {

absl::Status StuckError(const std::string& what) {
  return absl::AbortedError(
      base::StrCat("the devices wait for each other without end: ", what, " never happens"));
}

}  // namespace

int64_t Device::index() const { return replica_ * grid_->partitions() + partition_; }

__uint128_t Device::AdvanceRandomState(__uint128_t delta) {
  return std::exchange(random_state_, random_state_ + delta);
}

absl::StatusOr<std::vector<Literal>> DeviceGrid::Run(
    const std::function<absl::StatusOr<Literal>(Device&)>& program) {
  if (size() < 1 || size() > kMaxDevices) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("%d × %d devices cannot run together; the limit is %d", replicas_,
                        partitions_, kMaxDevices));
  }
  running_ = size();
  std::vector<absl::StatusOr<Literal>> results(size(), absl::UnknownError("not run"));
  auto run = [&](int64_t index) {
    Device device(*this, index / partitions_, index % partitions_);
    results[index] = program(device);
    std::lock_guard lock(mutex_);
    --running_;
    EndIfStuck();
  };
  std::vector<std::thread> threads;
  for (int64_t i = 1; i < size(); ++i) threads.emplace_back(run, i);
  run(0);
  for (std::thread& thread : threads) thread.join();
  // Waiting in vain follows from another device's error where there is one.
  const absl::Status* error = nullptr;
  for (const auto& result : results) {
    if (result.ok()) continue;
    if (!absl::IsAborted(result.status())) return result.status();
    if (error == nullptr) error = &result.status();
  }
  if (error != nullptr) return *error;
  std::vector<Literal> values;
  for (auto& result : results) values.push_back(*std::move(result));
  return values;
}

void DeviceGrid::EndIfStuck() {
  auto is_ready = [](const std::function<bool()>* ready) { return (*ready)(); };
  if (static_cast<int64_t>(waiting_.size()) < running_ || running_ == 0) return;
  if (std::ranges::any_of(waiting_, is_ready)) return;
  stuck_ = true;
  changed_.notify_all();
}

bool DeviceGrid::Wait(std::unique_lock<std::mutex>& lock, const std::function<bool()>& ready) {
  if (ready()) return true;
  waiting_.push_back(&ready);
  EndIfStuck();
  changed_.wait(lock, [&] { return stuck_ || ready(); });
  std::erase(waiting_, &ready);
  return ready();
}

absl::StatusOr<std::vector<Literal>> DeviceGrid::Exchange(Device& device, const std::string& place,
                                                          absl::Span<const int64_t> group,
                                                          Literal value) {
  const std::string name = base::StrCat(place, " of devices {", base::Join(group, ","), "}");
  const std::string key = base::StrCat(name, " ", device.Visit(name));
  const auto position = std::ranges::find(group, device.index()) - group.begin();
  EQSAT_CHECK(position < static_cast<int64_t>(group.size()));
  std::unique_lock lock(mutex_);
  Meeting& meeting = meetings_[key];
  meeting.values.resize(group.size());
  meeting.values[position] = std::move(value);
  if (++meeting.arrived == group.size()) changed_.notify_all();
  if (!Wait(lock, [&] { return meeting.arrived == group.size(); })) return StuckError(name);
  std::vector<Literal> values;
  for (const std::optional<Literal>& brought : meeting.values) values.push_back(*brought);
  if (++meeting.left == group.size()) meetings_.erase(key);
  return values;
}

void DeviceGrid::Send(int64_t channel, Literal value) {
  std::lock_guard lock(mutex_);
  channels_[channel].push_back(std::move(value));
  changed_.notify_all();
}

absl::StatusOr<Literal> DeviceGrid::Receive(int64_t channel) {
  std::unique_lock lock(mutex_);
  std::deque<Literal>& queue = channels_[channel];
  if (!Wait(lock, [&] { return !queue.empty(); }))
    return StuckError(base::StrCat("a send on channel ", channel));
  Literal value = std::move(queue.front());
  queue.pop_front();
  return value;
}

absl::StatusOr<Literal> DeviceGrid::Infeed() {
  std::lock_guard lock(mutex_);
  if (streams_ == nullptr || streams_->infeed.empty())
    return base::InvalidArgument("the infeed has no further value");
  Literal value = std::move(streams_->infeed.front());
  streams_->infeed.pop_front();
  return value;
}

void DeviceGrid::Outfeed(Literal value) {
  std::lock_guard lock(mutex_);
  if (streams_ != nullptr) streams_->outfeed.push_back(std::move(value));
}

}  // namespace eqsat::ir
