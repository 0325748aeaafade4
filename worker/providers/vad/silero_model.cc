#include "worker/providers/vad/silero_model.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "worker/providers/neural/dense.h"
#include "worker/providers/neural/lstm_cell.h"
#include "worker/providers/neural/onnx_weights.h"

namespace earshot::worker {

namespace {

using neural::Dense;
using neural::LstmCell;
using neural::OnnxGraph;

// The spectrum: four pieces of 256 samples, 128 apart, each as 129 cosines and 129 sines.
constexpr std::size_t kPieces = 4;
constexpr std::size_t kPieceSamples = 256;
constexpr std::size_t kPieceStep = 128;
constexpr std::size_t kBins = 129;
constexpr std::size_t kReflected = 64;  // samples behind the window are those before its end, backwards
constexpr std::size_t kSpectrumSamples = SileroState::kContextSamples + kSileroWindowSamples + kReflected;
static_assert(kSpectrumSamples == (kPieces - 1) * kPieceStep + kPieceSamples);

constexpr std::size_t kTaps = 3;  // of each convolution: a piece, the one before, the one behind
constexpr std::size_t kUnits = SileroState::kUnits;

// Weights of a convolution lie output, channel, tap; pieces lie one behind the other, so the taps go first.
std::vector<float> taps_first(const std::vector<float>& weights, std::size_t channels) {
  std::vector<float> ordered(weights.size());
  const std::size_t row = channels * kTaps;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t channel = i % row / kTaps;
    ordered[i / row * row + i % kTaps * channels + channel] = weights[i];
  }
  return ordered;
}

template <std::size_t channels, std::size_t outputs>
struct Convolution {
  Dense weights;
  std::array<float, outputs> bias{};

  // Of `from`, with a piece of zeros at both ends, the pieces `stride` apart. Negative sums become zero.
  template <std::size_t pieces, std::size_t stride = 1>
  void apply(const float* from, float* to) const {
    std::array<const float*, pieces> in{};
    std::array<float*, pieces> out{};
    for (std::size_t i = 0; i < pieces; ++i) {
      in[i] = from + i * stride * channels;
      out[i] = to + i * outputs;
      std::ranges::copy(bias, out[i]);
    }
    weights.add(in, out);
    std::for_each(to, to + pieces * outputs, [](float& sum) { sum = std::max(sum, 0.0F); });
  }
};

// Reads what it is asked for, and remembers the first thing that is not there.
class Reading {
 public:
  explicit Reading(const OnnxGraph& graph) : graph_(graph) {}

  std::vector<float> tensor(const std::string& name, std::initializer_list<std::uint64_t> shape) {
    auto found = graph_.tensor(name, shape);
    if (found) return std::move(*found);
    if (!error_) error_ = found.error();
    std::size_t size = 1;
    for (const std::uint64_t side : shape) size *= side;
    return std::vector<float>(size);
  }
  template <std::size_t channels, std::size_t outputs>
  void convolution(int number, Convolution<channels, outputs>& into) {
    const std::string name = "encoder." + std::to_string(number) + ".reparam_conv.";
    const auto weights = tensor(name + "weight", {outputs, channels, kTaps});
    into.weights = Dense(taps_first(weights, channels), outputs, channels * kTaps);
    std::ranges::copy(tensor(name + "bias", {outputs}), into.bias.begin());
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  const OnnxGraph& graph_;
  std::optional<Error> error_;
};

constexpr const char* kSpectrumName = "stft.forward_basis_buffer";

}  // namespace

struct SileroModel::Layers {
  Dense spectrum;
  Convolution<kBins, 128> first;
  Convolution<128, 64> second;
  Convolution<64, 64> third;
  Convolution<64, kUnits> fourth;
  LstmCell memory;
  std::array<float, kUnits> last{};
  float last_bias = 0;
};

SileroModel::SileroModel(std::unique_ptr<const Layers> layers) : layers_(std::move(layers)) {}
SileroModel::~SileroModel() = default;

Result<std::shared_ptr<const SileroModel>> SileroModel::from_onnx(std::string_view file) {
  auto graphs = neural::read_onnx(file);
  if (!graphs) return graphs.error();
  // The file holds a network for 8 kHz as well, with the same names.
  const auto graph = std::ranges::find_if(*graphs, [](const OnnxGraph& candidate) {
    return candidate.has(kSpectrumName, {2 * kBins, 1, kPieceSamples});
  });
  if (graph == graphs->end()) return Error{ErrorCode::kInvalid, "it is not Silero VAD 6 for 16 kHz"};

  Reading read(*graph);
  auto layers = std::make_unique<Layers>();
  layers->spectrum =
      Dense(read.tensor(kSpectrumName, {2 * kBins, 1, kPieceSamples}), 2 * kBins, kPieceSamples);
  read.convolution(0, layers->first);
  read.convolution(1, layers->second);
  read.convolution(2, layers->third);
  read.convolution(3, layers->fourth);
  layers->memory = LstmCell({.input = read.tensor("decoder.rnn.weight_ih", {4 * kUnits, kUnits}),
                             .hidden = read.tensor("decoder.rnn.weight_hh", {4 * kUnits, kUnits}),
                             .input_bias = read.tensor("decoder.rnn.bias_ih", {4 * kUnits}),
                             .hidden_bias = read.tensor("decoder.rnn.bias_hh", {4 * kUnits})},
                            kUnits, kUnits);
  std::ranges::copy(read.tensor("decoder.decoder.2.weight", {1, kUnits, 1}), layers->last.begin());
  layers->last_bias = read.tensor("decoder.decoder.2.bias", {1}).front();
  if (read.error()) return *read.error();
  return std::shared_ptr<const SileroModel>(new SileroModel(std::move(layers)));
}

Result<std::shared_ptr<const SileroModel>> SileroModel::load(const std::string& models_dir) {
  const std::string path = models_dir + "/silero-vad/silero_vad.onnx";
  const auto file = neural::read_weights_file(path);
  if (!file) return file.error();
  auto model = from_onnx(*file);
  if (!model) return Error{model.error().code, "'" + path + "': " + model.error().message};
  return model;
}

float SileroModel::judge(std::span<const float> window, SileroState& state) const {
  const Layers& layers = *layers_;
  std::array<float, kSpectrumSamples> samples{};
  auto end = std::ranges::copy(state.context, samples.begin()).out;
  end = std::ranges::copy(window, end).out;
  std::reverse_copy(end - 1 - kReflected, end - 1, end);
  std::ranges::copy(window.last(SileroState::kContextSamples), state.context.begin());

  std::array<float, kPieces * Dense::width(2 * kBins)> waves{};
  std::array<const float*, kPieces> pieces{};
  std::array<float*, kPieces> sums{};
  for (std::size_t piece = 0; piece < kPieces; ++piece) {
    pieces[piece] = samples.data() + piece * kPieceStep;
    sums[piece] = waves.data() + piece * Dense::width(2 * kBins);
  }
  layers.spectrum.add(pieces, sums);

  // Each layer's pieces have one of zeros before and behind them.
  std::array<float, (kPieces + 2) * kBins> magnitudes{};
  for (std::size_t piece = 0; piece < kPieces; ++piece) {
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const float cosine = sums[piece][bin];
      const float sine = sums[piece][kBins + bin];
      magnitudes[(piece + 1) * kBins + bin] = std::sqrt(cosine * cosine + sine * sine);
    }
  }
  std::array<float, (kPieces + 2) * 128> first{};
  layers.first.apply<kPieces>(magnitudes.data(), first.data() + 128);
  std::array<float, 4 * 64> second{};
  layers.second.apply<2, 2>(first.data(), second.data() + 64);
  std::array<float, 3 * 64> third{};
  layers.third.apply<1>(second.data(), third.data() + 64);
  std::array<float, kUnits> fourth{};
  layers.fourth.apply<1>(third.data(), fourth.data());

  std::array<float, 4 * kUnits> gates{};
  const float* const heard = fourth.data();
  float* const into = gates.data();
  layers.memory.hear({&heard, 1}, {&into, 1});
  layers.memory.step(gates, state.hidden, state.cell);
  float sum = layers.last_bias;
  for (std::size_t i = 0; i < kUnits; ++i) sum += std::max(state.hidden[i], 0.0F) * layers.last[i];
  return neural::sigmoid(sum);
}

}  // namespace earshot::worker
