import { run } from 'node:test'
import { spec } from 'node:test/reporters'

type Opciones = Readonly<{
  archivos: readonly string[]
  patrones: readonly string[] | undefined
  concurrencia: number
  plazoDeUnaMs: number
  plazoDeTodasMs: number
}>

const fallar = (motivo: string): void => {
  console.error(motivo)
  process.exitCode = 1
}

/** Corre los archivos de pruebas y escribe su informe. Si algo falla, o no había nada que correr, el proceso termina con 1. */
export const correrPruebas = async ({ archivos, patrones, concurrencia, plazoDeUnaMs, plazoDeTodasMs }: Opciones): Promise<void> => {
  let pruebas = 0
  const informe = run({
    files: [...archivos],
    concurrency: concurrencia,
    timeout: plazoDeUnaMs,
    signal: AbortSignal.timeout(plazoDeTodasMs), // un archivo que deja algo abierto no termina solo
    ...(patrones && { testNamePatterns: [...patrones] }),
  })
  // node da por buena, con el nombre del archivo, la que no declara ninguna prueba.
  const esUnArchivo = ({ name, nesting }: { name: string; nesting: number }): boolean => nesting === 0 && archivos.includes(name)
  informe.on('test:pass', (dato) => {
    if (!esUnArchivo(dato)) pruebas += 1
    else if (!patrones) fallar(`${dato.name} no tiene ninguna prueba.`)
  })
  informe.on('test:fail', (dato) => {
    if (!esUnArchivo(dato)) pruebas += 1
    process.exitCode = 1
  })
  const fin = new Promise<void>((resolver) => informe.on('end', resolver))
  informe.compose(new spec()).pipe(process.stdout)
  await fin
  if (pruebas === 0) fallar('No se ejecutó ninguna prueba.')
}
