// Values that are seldom there, on the heap: what lacks them holds a null pointer.
#ifndef EQSAT_IR_BASE_BOXED_H_
#define EQSAT_IR_BASE_BOXED_H_

#include <memory>
#include <utility>

namespace eqsat::base {

// A std::optional<T> of a pointer's size. Copies are deep.
template <typename T>
class Boxed {
 public:
  Boxed() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): converts as std::optional does
  Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}
  Boxed(const Boxed& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(const Boxed& other) {  // NOLINT(bugprone-unhandled-self-assignment): by swap
    Boxed copy(other);
    value_.swap(copy.value_);
    return *this;
  }
  Boxed& operator=(Boxed&&) noexcept = default;
  ~Boxed() = default;

  explicit operator bool() const { return value_ != nullptr; }
  bool has_value() const { return value_ != nullptr; }
  // There must be a value.
  const T& operator*() const { return *value_; }
  T& operator*() { return *value_; }
  const T* operator->() const { return value_.get(); }

  T& emplace() { return *(value_ = std::make_unique<T>()); }
  void reset() { value_.reset(); }

  friend bool operator==(const Boxed& a, const Boxed& b) {
    return a && b ? *a == *b : a.has_value() == b.has_value();
  }

 private:
  std::unique_ptr<T> value_;
};

// A T that mostly equals T(), for which nothing is kept.
template <typename T>
class Rare {
 public:
  Rare() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): stands where a T stood
  Rare(T value) {
    if (!(value == T())) value_ = std::move(value);
  }

  // Does it differ from T()?
  explicit operator bool() const { return value_.has_value(); }
  const T& operator*() const {
    static const auto* const kNone = new T();
    return value_ ? *value_ : *kNone;
  }
  const T* operator->() const { return &**this; }

  friend bool operator==(const Rare&, const Rare&) = default;

 private:
  Boxed<T> value_;
};

}  // namespace eqsat::base

#endif  // EQSAT_IR_BASE_BOXED_H_
