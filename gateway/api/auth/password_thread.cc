#include "gateway/api/auth/password_thread.h"

#include <utility>

#include "common/base/password_hash.h"

namespace earshot::gateway::api {

PasswordThread::PasswordThread(Executor home)
    : home_(std::move(home)), waiting_(std::make_shared<std::size_t>(0)) {}

PasswordThread::~PasswordThread() {
  thread_.stop();
  thread_.join();
}

template <class Job, class DoneHandler>
bool PasswordThread::post(Job job, DoneHandler done) {
  if (*waiting_ >= kMaxWaiting) return false;
  ++*waiting_;
  asio::post(thread_, [home = home_, alive = std::weak_ptr<std::size_t>(waiting_), job = std::move(job),
                       done = std::move(done)]() mutable {
    auto result = job();
    asio::post(home,
               [alive = std::move(alive), done = std::move(done), result = std::move(result)]() mutable {
                 const auto waiting = alive.lock();
                 if (!waiting) return;
                 --*waiting;
                 done(std::move(result));
               });
  });
  return true;
}

bool PasswordThread::hash(Secret password, std::function<void(std::string)> done) {
  return post([password = std::move(password)] { return hash_password(password); }, std::move(done));
}

bool PasswordThread::verify(Secret password, std::optional<std::string> hash,
                            std::function<void(bool)> done) {
  const bool exists = hash.has_value();
  return post([password = std::move(password), hash = std::move(hash).value_or(dummy_password_hash()),
               exists] { return verify_password(password, hash) && exists; },
              std::move(done));
}

}  // namespace earshot::gateway::api
