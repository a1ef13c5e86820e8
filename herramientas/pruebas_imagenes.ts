// npm run pruebas:imagenes: construye las cuatro imágenes con sus Dockerfile, corre cada una como lo haría Docker y las prueba juntas.
import { correrPruebas } from './correr_pruebas.ts'
import { construir, imagenBase, limpiar, loQueFalta, NOMBRES, prepararSuplente, tamanoDe } from './imagenes/buildah.ts'

const cronometrar = <T>(que: string, hacer: () => T): T => {
  const inicio = performance.now()
  const hecho = hacer()
  console.error(`${que} (${((performance.now() - inicio) / 1000).toFixed(1)} s)`)
  return hecho
}

const falta = loQueFalta()
if (falta !== undefined) {
  console.error(`No se construye ninguna imagen: ${falta}.`)
  // En la máquina de quien prueba es un aviso; en la integración continua, un fallo.
  process.exitCode = process.env.CI ? 1 : 0
} else {
  cronometrar(`suplente de ${imagenBase()}, hecho de paquetes`, prepararSuplente)
  for (const nombre of NOMBRES) {
    cronometrar(`${nombre}: construida`, () => construir(nombre))
    const { total, propio } = tamanoDe(nombre)
    console.error(`  ${total} MB, de los que ${propio} MB no son de la base`)
  }
  limpiar()
  await correrPruebas({
    archivos: ['tests/imagenes/imagenes.imagen.ts'],
    patrones: undefined,
    concurrencia: 1,
    plazoDeUnaMs: 240_000,
    plazoDeTodasMs: 600_000,
  })
  console.error(`Lo que aquí no se corre: la imagen oficial ${imagenBase()} (su lugar lo toma el suplente), un motor de contenedores (aquí, chroot y
espacios de nombres del núcleo), las imágenes de Pulsar, PostgreSQL y el correo de docker-compose.yml, y un clúster de Kubernetes.`)
}
