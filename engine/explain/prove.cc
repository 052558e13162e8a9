#include "engine/explain/prove.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "ir/base/check.h"

namespace eqsat::engine {
namespace {

using Link = CongruenceClosure::Link;
using Pair = std::pair<TermId, TermId>;

// Leaving an equation out is tried while the work, in terms visited, stays below this.
constexpr size_t kMaxReductionWork = 1 << 20;

bool IsStructural(uint32_t reason) {
  return reason == CongruenceClosure::kCongruence || reason == CongruenceClosure::kExchanged;
}

// The pairs of children that a structural link takes to be equal.
std::vector<Pair> ChildPairs(const TermBank& bank, const Link& link) {
  std::span<const TermId> from = bank.children(link.from);
  std::span<const TermId> to = bank.children(link.to);
  std::vector<Pair> pairs;
  bool exchanged = link.reason == CongruenceClosure::kExchanged;
  for (size_t i = 0; i < to.size(); ++i) pairs.emplace_back(from[exchanged ? 1 - i : i], to[i]);
  return pairs;
}

// Writes lemmas, each after those it uses, without recursion: terms may be deep.
class LemmaWriter {
 public:
  LemmaWriter(const CongruenceClosure& closure, const TermBank& bank,
              std::span<const GroundEquation> equations, std::vector<Lemma>* lemmas)
      : closure_(closure), bank_(bank), equations_(equations), lemmas_(*lemmas) {}

  void Write(TermId a, TermId b) {
    Open(a, b);
    while (!open_.empty()) {
      if (OpenWhatIsMissing()) continue;
      Close();
    }
  }

 private:
  struct Frame {
    Pair pair;
    std::vector<Link> path;
    size_t ready = 0;  // links whose children have lemmas
  };

  void Open(TermId a, TermId b) { open_.push_back({{a, b}, closure_.Path(a, b)}); }

  // How the equality of the pair is known, if it is.
  std::optional<LemmaUse> Known(const Pair& pair) const {
    if (pair.first == pair.second) return LemmaUse();
    if (auto found = numbers_.find(pair); found != numbers_.end())
      return LemmaUse{found->second, true};
    if (auto found = numbers_.find({pair.second, pair.first}); found != numbers_.end())
      return LemmaUse{found->second, false};
    return std::nullopt;
  }

  bool OpenWhatIsMissing() {
    Frame& frame = open_.back();
    for (; frame.ready < frame.path.size(); ++frame.ready) {
      const Link& link = frame.path[frame.ready];
      if (!IsStructural(link.reason)) continue;
      for (const Pair& pair : ChildPairs(bank_, link)) {
        if (Known(pair)) continue;
        Open(pair.first, pair.second);
        return true;
      }
    }
    return false;
  }

  void Close() {
    Frame frame = std::move(open_.back());
    open_.pop_back();
    Lemma lemma{frame.pair.first, frame.pair.second, {}};
    for (const Link& link : frame.path) {
      ProofStep step{.to = link.to, .reason = link.reason, .forward = true, .children = {}};
      if (IsStructural(link.reason)) {
        for (const Pair& pair : ChildPairs(bank_, link)) step.children.push_back(*Known(pair));
      } else {
        step.forward = equations_[link.reason].left == link.from;
      }
      lemma.steps.push_back(std::move(step));
    }
    numbers_.emplace(frame.pair, static_cast<uint32_t>(lemmas_.size()));
    lemmas_.push_back(std::move(lemma));
  }

  const CongruenceClosure& closure_;
  const TermBank& bank_;
  std::span<const GroundEquation> equations_;
  std::vector<Lemma>& lemmas_;
  std::vector<Frame> open_;
  absl::flat_hash_map<Pair, uint32_t> numbers_;  // of the lemmas
};

// Equations over a small bank of their own.
struct Problem {
  TermBank bank;
  std::vector<GroundEquation> equations;
  TermId a, b;
};

Problem Restrict(const TermBank& bank, std::span<const GroundEquation> equations,
                 std::span<const uint32_t> used, TermId a, TermId b) {
  Problem problem;
  TermCopier copier(bank, &problem.bank);
  problem.a = copier.Copy(a);
  problem.b = copier.Copy(b);
  for (uint32_t i : used) {
    GroundEquation equation = equations[i];
    equation.left = copier.Copy(equation.left);
    equation.right = copier.Copy(equation.right);
    for (TermId& root : equation.roots) root = copier.Copy(root);
    problem.equations.push_back(std::move(equation));
  }
  return problem;
}

// The congruence of all equations but those left out.
CongruenceClosure CloseOver(const Problem& problem, const Signature& signature,
                            const std::vector<bool>& left_out) {
  CongruenceClosure closure(&problem.bank, &signature);
  for (uint32_t i = 0; i < problem.equations.size(); ++i)
    if (!left_out[i]) closure.Merge(problem.equations[i].left, problem.equations[i].right, i);
  return closure;
}

// The equations that are needed; nothing if even all do not suffice.
std::optional<std::vector<uint32_t>> Reduce(const Problem& problem, const Signature& signature) {
  std::vector<bool> left_out(problem.equations.size());
  CongruenceClosure closure = CloseOver(problem, signature, left_out);
  if (!closure.Same(problem.a, problem.b)) return std::nullopt;
  std::vector<uint32_t> used = EquationsUsed(closure, problem.bank, problem.a, problem.b);
  if (used.size() * problem.bank.size() > kMaxReductionWork) return used;
  left_out.assign(left_out.size(), true);
  for (uint32_t i : used) left_out[i] = false;
  // The latest first: it is the one that others least depend on.
  for (size_t i = used.size(); i-- > 0;) {
    left_out[used[i]] = true;
    if (!CloseOver(problem, signature, left_out).Same(problem.a, problem.b))
      left_out[used[i]] = false;
  }
  std::erase_if(used, [&](uint32_t i) { return left_out[i]; });
  return used;
}

}  // namespace

std::vector<uint32_t> EquationsUsed(const CongruenceClosure& closure, const TermBank& bank,
                                    TermId a, TermId b) {
  std::vector<uint32_t> used;
  absl::flat_hash_set<uint32_t> seen_equations;
  absl::flat_hash_set<Pair> seen = {{a, b}};
  std::vector<Pair> open = {{a, b}};
  while (!open.empty()) {
    auto [from, to] = open.back();
    open.pop_back();
    for (const Link& link : closure.Path(from, to)) {
      if (!IsStructural(link.reason)) {
        if (seen_equations.insert(link.reason).second) used.push_back(link.reason);
        continue;
      }
      for (const Pair& pair : ChildPairs(bank, link))
        if (pair.first != pair.second && seen.insert(pair).second) open.push_back(pair);
    }
  }
  std::ranges::sort(used);
  return used;
}

std::optional<Proof> Prove(const TermBank& bank, const Signature& signature,
                           std::span<const GroundEquation> equations,
                           std::span<const uint32_t> used, TermId a, TermId b) {
  Problem problem = Restrict(bank, equations, used, a, b);
  std::optional<std::vector<uint32_t>> needed = Reduce(problem, signature);
  if (!needed) return std::nullopt;
  problem = Restrict(problem.bank, problem.equations, *needed, problem.a, problem.b);
  CongruenceClosure closure =
      CloseOver(problem, signature, std::vector<bool>(problem.equations.size()));
  EQSAT_CHECK(closure.Same(problem.a, problem.b));
  Proof proof;
  LemmaWriter(closure, problem.bank, problem.equations, &proof.lemmas).Write(problem.a, problem.b);
  proof.terms = std::move(problem.bank);
  proof.equations = std::move(problem.equations);
  return proof;
}

}  // namespace eqsat::engine
