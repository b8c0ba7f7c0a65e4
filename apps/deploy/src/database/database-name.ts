/** The shop's database, on a laptop and on AWS. */
export const databaseName = 'shop';
