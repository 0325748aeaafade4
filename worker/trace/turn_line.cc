#include "worker/trace/turn_line.h"

#include <cstdio>

#include "worker/trace/turn_fields.h"

namespace earshot::worker {

namespace {

class Line final : public TurnFields {
 public:
  using TurnFields::add;
  void add(std::string_view key, std::string_view value) override {
    if (!text_.empty()) text_ += ' ';
    text_.append(key).append("=").append(value);
  }
  void add(std::string_view key, std::uint64_t value) override {
    add(key, std::string_view(std::to_string(value)));
  }
  void add(std::string_view key, Microseconds time) override {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", static_cast<double>(time.count()) / 1000);
    add(key, std::string_view(text));
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

std::string turn_line(const TurnTrace& trace) {
  Line line;
  tell(trace, line);
  return line.take();
}

}  // namespace earshot::worker
