import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Lo que `npm start` puede instalar, además del Node incluido. */
const MAXIMO_MB = 60

type Paquete = Readonly<{ dev?: boolean; devOptional?: boolean; link?: boolean }>

/** Los Node incluidos: uno por plataforma, y sólo donde el del sistema es viejo. */
const esUnNode = (ruta: string): boolean => /^node_modules\/node-(?:bin-)?(?:darwin|linux|win)-/.test(ruta)

const bytesDe = (carpeta: string): number =>
  readdirSync(carpeta, { recursive: true, withFileTypes: true })
    .filter((uno) => uno.isFile())
    .reduce((suma, { parentPath, name }) => suma + lstatSync(join(parentPath, name)).size, 0)

/** Cuánto ocupa lo que se instala para correr, sin el Node incluido: la suma de sus archivos. */
export const instaladoParaCorrer = (raiz: string): { informe: readonly string[]; faltas: readonly string[] } => {
  const { packages } = JSON.parse(readFileSync(join(raiz, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, Paquete>>
  }
  const carpetas = Object.entries(packages)
    .filter(([ruta, { dev, devOptional, link }]) => !dev && !devOptional && !link && ruta.startsWith('node_modules/') && !esUnNode(ruta))
    .map(([ruta]) => join(raiz, ruta))
    .filter(existsSync)
  const medidos = carpetas.map((carpeta) => [carpeta.slice(raiz.length + 14), bytesDe(carpeta) / 1e6] as const)
  const total = medidos.reduce((suma, [, mb]) => suma + mb, 0)
  const mayores = medidos.toSorted((a, b) => b[1] - a[1]).slice(0, 3)
  const linea = `${carpetas.length} paquetes, ${total.toFixed(1)} MB (máximo ${MAXIMO_MB}); los mayores: ${mayores.map(([nombre, mb]) => `${nombre} ${mb.toFixed(1)}`).join(', ')}`
  return { informe: [linea], faltas: total > MAXIMO_MB ? [`Lo instalado para correr pasa de ${MAXIMO_MB} MB: ${linea}`] : [] }
}
