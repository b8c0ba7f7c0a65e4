/** The class of each instance of Aurora Serverless v2, whose size changes. */
export const serverlessClass = 'db.serverless';
