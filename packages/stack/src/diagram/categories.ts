/**
 * What nodes are for: the title of a box around those that lie in no network, and the colours. Dark text on every fill
 * has a contrast above 7.
 */
export const categories = {
  network: { title: 'Names', stroke: '#6d3fc0', fill: '#f3edfc' },
  compute: { title: 'Compute', stroke: '#c05a00', fill: '#fdf0e3' },
  database: { title: 'Databases outside of the VPC', stroke: '#2b4fd8', fill: '#e9eefd' },
  security: { title: 'Security', stroke: '#c0263f', fill: '#fdeaed' },
  monitoring: { title: 'Monitoring', stroke: '#b0126f', fill: '#fce8f3' },
  backup: { title: 'Backups', stroke: '#3f7a16', fill: '#edf7e6' },
  storage: { title: 'Storage', stroke: '#2f7d32', fill: '#e9f6ea' },
  other: { title: 'Other', stroke: '#4a5568', fill: '#f7f8fa' },
} as const;

/** What a node is for; it decides the colour. */
export type Category = keyof typeof categories;
