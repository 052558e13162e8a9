// What is known of the symbolic sizes and indices on one path of a proof.
//
// A question that the facts do not settle splits the path: both answers are taken in turn, each
// with its answer as a further fact. What is asked of integers is for IntegerQuestions, which all
// paths share; what it leaves open counts as open, which is sound.
#ifndef EQSAT_RULES_PROVE_ASSUMPTIONS_H_
#define EQSAT_RULES_PROVE_ASSUMPTIONS_H_

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rules/prove/choices.h"
#include "rules/prove/integer_questions.h"
#include "rules/prove/poly.h"

namespace eqsat::rules {

// Statuses that end a path. An instance that does not exist proves itself; one that the prover has
// no denotation for proves nothing.
absl::Status NoInstance();
absl::Status NoDenotation(std::string_view what);
bool IsNoInstance(const absl::Status& status);
// A condition on the variables of a fold that only some of their values fulfil.
bool IsOpenCondition(const absl::Status& status);

class Assumptions {
 public:
  Assumptions(Choices* choices, IntegerQuestions* questions)
      : choices_(*choices), questions_(*questions) {}

  Choices& choices() { return choices_; }

  enum class Sign { kAny, kNonNegative };
  Poly NewVar(Sign sign);
  // Variables of a fold's domain, named by nesting so that folds of one form have one text.
  // [0, size) is known of it until EndScope.
  Poly NewBoundVar(const Poly& size);
  // Bound variables and facts since the matching BeginScope are forgotten.
  void BeginScope();
  void EndScope();
  // The variable of that nesting and position, and the nesting of a variable.
  VarId BoundName(int depth, int position);
  int DepthOf(VarId bound) const;

  bool MentionsBound(const Poly& p) const;

  // In terms of the variables that equations leave.
  Poly Simplify(const Poly& p) const;

  // p >= 0 from here on; NoInstance if that is known to be false.
  absl::Status AssumeNonNegative(const Poly& p);
  absl::Status AssumeEqual(const Poly& a, const Poly& b);

  // Splits the path if the facts leave it open. A condition on the variables of a fold cannot
  // split: IsOpenCondition, and open_condition() is what was asked to be non-negative.
  absl::StatusOr<bool> NonNegative(const Poly& p);
  absl::StatusOr<bool> Equal(const Poly& a, const Poly& b);
  const Poly& open_condition() const { return open_condition_; }
  // Without splitting.
  bool ProvablyEqual(const Poly& a, const Poly& b) const;
  std::optional<bool> KnownNonNegative(const Poly& p) const;
  bool QuicklyNonNegative(const Poly& p) const;  // without a solver
  // False only if the solver finds the facts contradictory.
  bool Consistent() const;

  // Integers that are named for what they were made of. NoDenotation where that is the index of a
  // fold, on which a name would not show to depend.
  //
  // ceil(a / b) for b >= 1 and a >= 0; floor(a / b) and the rest for b >= 1.
  absl::StatusOr<Poly> CeilDiv(const Poly& a, const Poly& b);
  struct Division {
    Poly quotient;
    Poly rest;
  };
  absl::StatusOr<Division> Divide(const Poly& a, const Poly& b);

  // A name for an index that is known only by what it was made of.
  Poly Opaque(const std::string& made_of);

  // Two numbers of elements that a reshape of the left side makes one; and whether two are one
  // because those are. Where there are no elements, there is nothing to tell.
  void AssumeSameCount(const Poly& a, const Poly& b);
  bool KnownSameCount(const Poly& a, const Poly& b) const;

  // The indices in `from` that a reshape to `to` puts at `indices`, known by this text alone; and
  // what a list of indices was made of, if it is one of these.
  struct Reshape {
    std::vector<Poly> from;
    std::vector<Poly> to;
    std::vector<Poly> indices;
  };
  absl::StatusOr<std::vector<Poly>> ReshapeIndices(const std::string& made_of, Reshape reshape);
  const Reshape* ReshapeOf(const std::vector<Poly>& indices) const;

  std::string ToString() const;

 private:
  struct Fact {
    Poly non_negative;
    bool global;  // mentions no bound variable
  };
  std::optional<Poly> WholeMultiple(const Poly& a, const Poly& b) const;
  IntegerFacts Facts(bool global_only) const;
  // By syntax alone, and by the solver where that is not enough.
  std::optional<bool> QuickSign(const Poly& p) const;
  std::optional<bool> KnownSign(const Poly& p, bool global_only) const;

  Choices& choices_;
  IntegerQuestions& questions_;
  Poly open_condition_;
  std::vector<bool> non_negative_;  // by VarId
  std::vector<std::pair<VarId, Poly>> equations_;
  std::vector<Fact> facts_;  // in terms of the variables that equations leave
  std::map<VarId, int> bound_;
  std::vector<std::tuple<size_t, std::map<VarId, int>>> scopes_;
  std::map<std::pair<Poly, Poly>, Poly> ceil_divs_;
  std::map<std::pair<Poly, Poly>, Division> divisions_;
  std::map<std::string, Poly> opaque_;
  std::map<std::vector<Poly>, Reshape> reshapes_;
  std::vector<std::pair<Poly, Poly>> same_counts_;
  std::map<std::pair<int, int>, VarId> bound_names_;  // (depth, position)
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_ASSUMPTIONS_H_
