#include "worker/providers/sherpa/model_file.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include "tests/fakes/providers/sherpa_fake.h"
#include "tests/fakes/providers/tiny_detector.h"

namespace earshot::worker::sherpa {
namespace {

Result<ModelNames> names_in(const std::string& bytes) {
  std::istringstream file(bytes);
  return read_model_names(file);
}

std::string tiny_detector() {
  return {reinterpret_cast<const char*>(fakes::kTinyDetector.data()), fakes::kTinyDetector.size()};
}

// Of the key/value pairs that exporters append: field 14 of the model.
std::string metadata(const std::string& key) {
  const auto length = static_cast<char>(key.size());
  return std::string("\x72") + static_cast<char>(key.size() + 5) + '\x0a' + length + key + "\x12\x01" + "1";
}

void append_number(std::string& bytes, std::uint32_t value, int size) {
  for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> 8 * i & 0xFF);
}

// ORT of one input: each table has its fields' table right before it, and one field that leads to the next.
std::string tiny_ort(const std::string& input) {
  std::string bytes;
  append_number(bytes, 8 + 8, 4);
  bytes += "ORTM";
  const auto table = [&](std::uint32_t field) {
    const std::uint32_t fields = 4 + 2 * (field + 1);
    const std::uint32_t padded = (fields + 7) / 8 * 8;
    while (bytes.size() % 8 != 0) bytes += '\0';
    append_number(bytes, fields, 2);
    append_number(bytes, 8, 2);
    for (std::uint32_t i = 0; i < field; ++i) append_number(bytes, 0, 2);
    append_number(bytes, 4, 2);
    bytes.resize(bytes.size() + padded - fields);
    append_number(bytes, padded, 4);
  };
  table(1);
  append_number(bytes, 4 + 24, 4);  // to the model's table, behind its 24 bytes of fields
  table(7);
  append_number(bytes, 4 + 16, 4);
  table(5);
  append_number(bytes, 4, 4);
  append_number(bytes, 1, 4);
  append_number(bytes, 4, 4);
  append_number(bytes, static_cast<std::uint32_t>(input.size()), 4);
  return bytes + input;
}

TEST(ModelFile, TellsTheInputsOfOnnx) {
  EXPECT_EQ(names_in(tiny_detector()).value(), (ModelNames{"input", "sr", "state"}));
}

TEST(ModelFile, TellsTheKeysOfMetadataBehindTheGraph) {
  const auto names = names_in(tiny_detector() + metadata("sample_rate") + metadata("n_speakers"));
  EXPECT_EQ(names.value(), (ModelNames{"input", "n_speakers", "sample_rate", "sr", "state"}));
}

TEST(ModelFile, TellsTheInputsOfOrt) {
  EXPECT_EQ(names_in(tiny_ort("input_values")).value(), ModelNames{"input_values"});
}

TEST(ModelFile, RefusesOnnxWhereverItIsCutOff) {
  const std::string whole = tiny_detector();
  // The last field is of 4 bytes and its head of 2; without it the model is whole, though not this one.
  for (std::size_t size = 0; size < whole.size(); ++size) {
    if (size != whole.size() - 6) {
      EXPECT_FALSE(names_in(whole.substr(0, size)).ok()) << size;
    }
  }
}

TEST(ModelFile, RefusesWhatIsNoModel) {
  for (const std::string& bytes :
       {std::string(), std::string("<html>404</html>"), std::string(1000, '\0'), std::string("\x08\x08"),
        std::string("\0\0\0\0ORTM", 8), std::string("\xff\xff\xff\x7fORTM"),
        "PK\x03\x04" + std::string(100, 'x')}) {
    EXPECT_FALSE(names_in(bytes).ok()) << bytes;
  }
}

TEST(ModelFile, StandsAnyBytes) {
  std::mt19937 random(12);
  for (const std::string& whole : {tiny_detector() + metadata("a"), tiny_ort("input_values")}) {
    for (int round = 0; round < 5000; ++round) {
      std::string bytes = whole;
      for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
      if (random() % 2 == 0) bytes.resize(random() % bytes.size());
      static_cast<void>(names_in(bytes));
    }
  }
}

}  // namespace
}  // namespace earshot::worker::sherpa
