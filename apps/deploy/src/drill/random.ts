/** A whole number from 0 to less than `below`. */
export function random(below: number): number {
  return Math.floor(Math.random() * below);
}
