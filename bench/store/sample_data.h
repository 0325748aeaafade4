// What a large installation keeps after ninety days, made up but of real sizes.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "gateway/store/records.h"
#include "gateway/store/transactional_store.h"

namespace earshot::bench {

struct SampleSize {
  int devices = 10'000;
  int turns = 1'000'000;
  int commands = 100'000;
  int audit_entries = 100'000;
};

class SampleData {
 public:
  static constexpr int kDays = 90;
  static constexpr int kTurnsOfConversation = 5;

  SampleData(SampleSize size, store::WallTime now) : size_(size), now_(now) {}

  // Prints how far it is. The times of turns grow up to `now`; one turn in fifty is of device 0.
  void fill(store::TransactionalStore& store);

  const SampleSize& size() const { return size_; }
  static DeviceId device_id(int number);
  store::Device device(int number) const;
  store::Conversation conversation(int number) const;
  std::string session(int conversation) const;
  store::Turn turn(int number);  // `number` of all turns

 private:
  int device_of(int conversation) const;
  store::WallTime time_of(int turn) const;
  std::string words(std::size_t bytes);

  SampleSize size_;
  store::WallTime now_;
  std::mt19937 random_{20'261'121};
};

}  // namespace earshot::bench
