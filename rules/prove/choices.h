// Enumerates all ways a computation can go by running it again and again.
//
// The computation asks Pick where it may go several ways. Each run takes the first way that has not
// been taken yet below the longest common prefix; Next says whether any is left. The runs together
// are the leaves of one tree, each visited once, in a fixed order.
#ifndef EQSAT_RULES_PROVE_CHOICES_H_
#define EQSAT_RULES_PROVE_CHOICES_H_

#include <cstddef>
#include <functional>
#include <vector>

namespace eqsat::rules {

class Choices {
 public:
  // One of 0 … count - 1; count > 0.
  int Pick(int count) {
    return Pick([count] {
      std::vector<int> all;
      for (int i = 0; i < count; ++i) all.push_back(i);
      return all;
    });
  }
  // One of the ways that `ways` lists, which is asked once at each place of the tree.
  int Pick(const std::function<std::vector<int>()>& ways) {
    if (depth_ == trail_.size()) trail_.push_back({ways(), 0});
    const Step& step = trail_[depth_++];
    return step.ways[step.taken];
  }
  // What `find` finds, which is asked once at each place of the tree: the computation up to there
  // is the same each time.
  int Recall(const std::function<int()>& find) {
    return Pick([&find] { return std::vector<int>{find()}; });
  }
  // Prepares the next run; false if all have been made.
  bool Next() {
    trail_.resize(depth_);
    depth_ = 0;
    while (!trail_.empty() && trail_.back().taken + 1 == trail_.back().ways.size())
      trail_.pop_back();
    if (trail_.empty()) return false;
    ++trail_.back().taken;
    return true;
  }

 private:
  struct Step {
    std::vector<int> ways;
    size_t taken;
  };
  std::vector<Step> trail_;
  size_t depth_ = 0;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_CHOICES_H_
