import type { Category } from './diagram.ts';

/** Stroke and fill of each category; dark text on every fill has a contrast above 7. */
export const palette: Readonly<Record<Category, { readonly stroke: string; readonly fill: string }>> = {
  network: { stroke: '#6d3fc0', fill: '#f3edfc' },
  compute: { stroke: '#c05a00', fill: '#fdf0e3' },
  database: { stroke: '#2b4fd8', fill: '#e9eefd' },
  security: { stroke: '#c0263f', fill: '#fdeaed' },
  monitoring: { stroke: '#b0126f', fill: '#fce8f3' },
  backup: { stroke: '#3f7a16', fill: '#edf7e6' },
  storage: { stroke: '#2f7d32', fill: '#e9f6ea' },
  other: { stroke: '#4a5568', fill: '#f7f8fa' },
};
