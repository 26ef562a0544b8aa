/** A rotation function with a fault. */
export async function handler() {
  throw new Error("this function always fails");
}
