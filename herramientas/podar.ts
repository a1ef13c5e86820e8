// node herramientas/podar.ts <entrada.ts>… [--sin <paquete>]…: en la carpeta actual, quita de src/ y de node_modules/ lo que esas entradas no
// importan. Lo corre la construcción de cada imagen, sobre una copia: no es para el repositorio donde se trabaja.
import { existsSync, globSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'

const IMPORTADO = /(?:^|\n)\s*(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\('([^']+)'\)/g

export type Alcance = Readonly<{
  /** Los archivos propios, desde la raíz. */
  archivos: ReadonlySet<string>
  /** Las carpetas de paquetes, como las nombra npm: `node_modules/pino`. */
  paquetes: ReadonlySet<string>
}>

type Instalado = Readonly<Partial<Record<'dependencies' | 'optionalDependencies' | 'peerDependencies', Readonly<Record<string, string>>>>> &
  Readonly<{ link?: boolean }>

/** Lo que `entradas` importa, directa o indirectamente, y lo que a su vez necesita cada paquete. `sin` son los que la imagen no lleva. */
export const alcanzar = (raiz: string, entradas: readonly string[], sin: readonly string[] = []): Alcance => {
  const archivos = new Set<string>()
  const importados = new Set<string>()
  const porVer = [...entradas]
  for (let archivo = porVer.pop(); archivo !== undefined; archivo = porVer.pop()) {
    if (archivos.has(archivo)) continue
    archivos.add(archivo)
    for (const [, estatico, dinamico] of readFileSync(join(raiz, archivo), 'utf8').matchAll(IMPORTADO)) {
      const { propio, paquete } = resolver(raiz, archivo, estatico ?? dinamico ?? '')
      if (propio !== undefined) porVer.push(propio)
      if (paquete !== undefined) importados.add(paquete)
    }
  }
  return { archivos, paquetes: conLoSuyo(raiz, importados, sin) }
}

/** Qué nombra un `import`: un archivo propio, relativo o de otra carpeta de src/, o un paquete. Lo de Node no es ninguno. */
const resolver = (raiz: string, desde: string, nombre: string): Readonly<{ propio?: string; paquete?: string }> => {
  if (nombre.startsWith('.')) return { propio: relative(raiz, join(raiz, dirname(desde), nombre)) }
  if (nombre.startsWith('node:')) return {}
  const [paquete = ''] = /^(?:@[^/]+\/)?[^/]+/.exec(nombre) ?? []
  const real = relative(realpathSync(raiz), realpathSync(join(raiz, 'node_modules', paquete)))
  return real.startsWith('src/') ? { propio: real + nombre.slice(paquete.length) } : { paquete }
}

const conLoSuyo = (raiz: string, importados: ReadonlySet<string>, sin: readonly string[]): ReadonlySet<string> => {
  const { packages } = JSON.parse(readFileSync(join(raiz, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, Instalado>>
  }
  const alcanzados = new Set<string>()
  const alcanzarA = (nombre: string, desde: string): void => {
    const ruta = dondeEsta(packages, nombre, desde)
    if (ruta === undefined || sin.includes(nombre) || alcanzados.has(ruta)) return // opcional que no se instaló, o ya visto
    alcanzados.add(ruta)
    const { dependencies, optionalDependencies, peerDependencies } = packages[ruta] as Instalado
    for (const suyo of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) alcanzarA(suyo, ruta)
  }
  for (const nombre of importados) alcanzarA(nombre, '')
  return alcanzados
}

/** Como lo busca Node: en el `node_modules` de quien lo pide, y si no, en los de más afuera. */
const dondeEsta = (packages: Readonly<Record<string, Instalado>>, nombre: string, desde: string): string | undefined => {
  const ruta = `${desde === '' ? '' : `${desde}/`}node_modules/${nombre}`
  if (ruta in packages) return ruta
  if (desde === '') return undefined
  const fuera = desde.slice(0, desde.lastIndexOf('node_modules/')).replace(/\/$/, '')
  return dondeEsta(packages, nombre, fuera)
}

const podar = (raiz: string, { archivos, paquetes }: Alcance): void => {
  for (const ruta of globSync('src/**/*.{ts,tsx}', { cwd: raiz })) if (!archivos.has(ruta)) rmSync(join(raiz, ruta))
  for (const ruta of globSync(['node_modules/*', 'node_modules/@*/*', 'node_modules/**/node_modules/*'], { cwd: raiz })) {
    const conAlguno = [...paquetes].some((uno) => uno === ruta || uno.startsWith(`${ruta}/`))
    const propio = existsSync(join(raiz, ruta)) && !realpathSync(join(raiz, ruta)).includes('node_modules')
    if (!conAlguno && !propio) rmSync(join(raiz, ruta), { recursive: true, force: true })
  }
  for (const oculto of readdirSync(join(raiz, 'node_modules')).filter((nombre) => nombre.startsWith('.')))
    rmSync(join(raiz, 'node_modules', oculto), { recursive: true })
}

if (import.meta.main) {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { sin: { type: 'string', multiple: true } } })
  const alcance = alcanzar(process.cwd(), positionals, values.sin)
  podar(process.cwd(), alcance)
  console.log(`${alcance.archivos.size} archivos propios y ${alcance.paquetes.size} paquetes.`)
}
