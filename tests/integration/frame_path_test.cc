// What a frame costs in a running shard, counted instead of timed: system calls, and allocations in the
// steady state. A frame goes up and down again. The bounds leave room for a machine that is so slow that a
// burst takes many rounds; a slip to one call a frame in any place fails all the same.
//
// The counting replaces operator new and the system calls' wrappers for this whole program; what the test's
// own thread does is left out.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/integration/gateway_fixture.h"

namespace {

thread_local bool tl_is_test = false;
std::atomic<std::uint64_t> g_allocations{0};
std::atomic<std::uint64_t> g_calls{0};

void count_call() {
  if (!tl_is_test) g_calls.fetch_add(1, std::memory_order_relaxed);
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int recvmmsg(int fd, mmsghdr* messages, unsigned count, int flags, timespec* timeout) {
  static auto* const real = next<int(int, mmsghdr*, unsigned, int, timespec*)>("recvmmsg");
  count_call();
  return real(fd, messages, count, flags, timeout);
}

int sendmmsg(int fd, mmsghdr* messages, unsigned count, int flags) {
  static auto* const real = next<int(int, mmsghdr*, unsigned, int)>("sendmmsg");
  count_call();
  return real(fd, messages, count, flags);
}

ssize_t recv(int fd, void* bytes, size_t count, int flags) {
  static auto* const real = next<ssize_t(int, void*, size_t, int)>("recv");
  count_call();
  return real(fd, bytes, count, flags);
}

ssize_t send(int fd, const void* bytes, size_t count, int flags) {
  static auto* const real = next<ssize_t(int, const void*, size_t, int)>("send");
  count_call();
  return real(fd, bytes, count, flags);
}

ssize_t recvmsg(int fd, msghdr* message, int flags) {
  static auto* const real = next<ssize_t(int, msghdr*, int)>("recvmsg");
  count_call();
  return real(fd, message, flags);
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  static auto* const real = next<ssize_t(int, const msghdr*, int)>("sendmsg");
  count_call();
  return real(fd, message, flags);
}

int epoll_wait(int fd, epoll_event* events, int count, int timeout) {
  static auto* const real = next<int(int, epoll_event*, int, int)>("epoll_wait");
  count_call();
  return real(fd, events, count, timeout);
}

int epoll_ctl(int fd, int operation, int of, epoll_event* event) noexcept {
  static auto* const real = next<int(int, int, int, epoll_event*)>("epoll_ctl");
  count_call();
  return real(fd, operation, of, event);
}

int timerfd_settime(int fd, int flags, const itimerspec* time, itimerspec* old) noexcept {
  static auto* const real = next<int(int, int, const itimerspec*, itimerspec*)>("timerfd_settime");
  count_call();
  return real(fd, flags, time, old);
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec* left) {
  static auto* const real = next<int(clockid_t, int, const timespec*, timespec*)>("clock_nanosleep");
  count_call();
  return real(clock, flags, time, left);
}

}  // extern "C"

void* operator new(std::size_t bytes) {
  if (!tl_is_test) g_allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* const memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace earshot::gateway {
namespace {

constexpr int kDevices = 10;
constexpr int kFramesEach = 40;  // of one device in a burst
constexpr int kBursts = 3;
constexpr int kFrames = kDevices * kFramesEach * kBursts;  // each way

class FramePathTest : public GatewayTest {
 protected:
  FramePathTest() { tl_is_test = true; }
};

// One device's frames go to the worker and back as live frames, in bursts.
TEST_F(FramePathTest, CostsFewSystemCallsAndNoAllocationAFrame) {
  start_shard();
  auto& worker = add_worker("w1");
  worker.on_envelope([](fakes::ScriptedWorker& self, const ipc::Envelope& envelope) {
    if (envelope.has_session_open()) self.send_opened(envelope.session());
    if (envelope.has_ping()) self.send_pong(envelope.ping().token());
    if (!envelope.has_audio_up()) return;
    ipc::Envelope down;
    down.set_session(envelope.session());
    down.mutable_audio_down()->set_live(true);
    down.mutable_audio_down()->set_opus(envelope.audio_up().opus());
    self.send(down);
  });
  std::vector<TestDevice*> devices;
  for (int i = 0; i < kDevices; ++i) devices.push_back(&talking_device());
  const auto burst = [&](std::size_t until) {
    for (int i = 0; i < kFramesEach; ++i) {
      for (TestDevice* device : devices) device->send_audio(opus_frame(1));
    }
    ASSERT_TRUE(run_until([&] {
      return std::ranges::all_of(devices, [&](const TestDevice* d) { return d->count("audio") >= until; });
    }));
  };
  std::size_t heard = 1;                                    // what told the shard where the device is
  for (int i = 0; i < 2; ++i) burst(heard += kFramesEach);  // buffers find their size

  const std::uint64_t calls_before = g_calls;
  const std::uint64_t allocations_before = g_allocations;
  for (int i = 0; i < kBursts; ++i) burst(heard += kFramesEach);
  const auto calls = static_cast<double>(g_calls - calls_before);
  const auto allocations = static_cast<double>(g_allocations - allocations_before);
  RecordProperty("system_calls_per_1000_frames", std::to_string(calls * 1000 / kFrames));
  RecordProperty("allocations_per_1000_frames", std::to_string(allocations * 1000 / kFrames));
  EXPECT_LT(calls * 1000 / kFrames, 1500);
  EXPECT_LT(allocations * 1000 / kFrames, 20);
}

}  // namespace
}  // namespace earshot::gateway
