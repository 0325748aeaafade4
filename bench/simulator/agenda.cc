#include "bench/simulator/agenda.h"

#include <utility>

namespace earshot::simulator {

void Agenda::at(SteadyTime due, Task task) {
  tasks_.push(due, std::move(task));
  arm();
}

void Agenda::arm() {
  const auto next = tasks_.next();
  if (!next || (armed_for_ && *armed_for_ <= *next)) return;
  armed_for_ = next;
  timer_.expires_at(*next);
  timer_.async_wait([this](error_code cancelled) {
    if (!cancelled) run_due();
  });
}

void Agenda::run_due() {
  armed_for_.reset();
  const SteadyTime until = now();
  while (auto task = tasks_.pop(until)) (*task)();
  arm();
}

}  // namespace earshot::simulator
