// npm run servicio -- <api|notificaciones|sidecar|ui|migrar>: uno de los procesos en que el sistema se despliega, solo. `migrar` termina al poner
// al día el almacén de la API.

/** Cada uno se puede correr también por su cuenta: `node src/ui/main.ts`. */
const SERVICIOS: Readonly<Record<string, () => Promise<unknown>>> = {
  api: () => import('aeroalpes-api/main.ts'),
  notificaciones: () => import('notificaciones/main.ts'),
  sidecar: () => import('sidecar/main.ts'),
  ui: () => import('ui/main.ts'),
  migrar: () => import('aeroalpes-api/migrar.ts'),
}

const [nombre = '', ...sobran] = process.argv.slice(2)
const servicio = Object.hasOwn(SERVICIOS, nombre) && sobran.length === 0 ? SERVICIOS[nombre] : undefined
if (servicio === undefined) {
  console.error(`Uso: npm run servicio -- ${Object.keys(SERVICIOS).join(' | ')}`)
  process.exit(2)
}
await servicio()
