// MTConnect's words for units as engineers write them.
const SHORT = {
  PERCENT: "%", CELSIUS: "°C", "REVOLUTION/MINUTE": "rpm", MILLIMETER: "mm", "MILLIMETER/SECOND": "mm/s", DEGREE: "°", NEWTON: "N", KILOGRAM: "kg",
  "NEWTON_METER": "N·m", WATT: "W", KILOWATT: "kW", AMPERE: "A", VOLT: "V", HERTZ: "Hz", SECOND: "s", PASCAL: "Pa", KILOPASCAL: "kPa", BAR: "bar",
  "MILLIMETER/SECOND^2": "mm/s²", "DEGREE/SECOND": "°/s", "LITER/SECOND": "l/s", COUNT: "",
};

export const shortUnit = (unit) => (unit ? SHORT[unit] ?? unit.toLowerCase().replaceAll("_", " ") : "");
