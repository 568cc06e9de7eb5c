// Amounts as people say them: durations, shares, counts, sizes.

// Negative is none at all: made after the arrival that its file tells.
export const duration = (seconds) => {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 0.05) return "0 s";
  for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "min"]]) if (seconds >= 2 * size) return `${+(seconds / size).toPrecision(2)} ${unit}`;
  return `${+seconds.toPrecision(2)} s`;
};

// What is not whole is never called 100 %, and what is not nothing never 0 %.
export const percent = (share) => {
  if (share === null || share === undefined) return "–";
  if (share === 0 || share === 1) return `${100 * share} %`;
  return `${Math.min(99.9, Math.max(0.1, 100 * share)).toFixed(1)} %`;
};

export const whole = (count) => (count < 100_000 ? count.toLocaleString("en-GB") : count.toLocaleString("en-US", { notation: "compact", maximumFractionDigits: 1 }));

export const size = (bytes) => {
  let amount = bytes;
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (amount < 1000) return `${+amount.toPrecision(3)} ${unit}`;
    amount /= 1000;
  }
  return `${+amount.toPrecision(3)} TB`;
};
